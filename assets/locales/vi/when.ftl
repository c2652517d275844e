# Ngày và giờ.

when-just-now = vừa xong
when-minutes = { $count } phút trước
when-hours = { $count } giờ trước
when-day = { $day } tháng { $month }
when-day-year = { $day } tháng { $month }, { $year }
when-short = { $day } thg { $month }
when-ping = { $ms } ms
when-ping-less = dưới 1 ms
