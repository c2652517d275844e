# 时间和日期。

when-just-now = 刚刚
when-minutes = { $count } 分钟前
when-hours = { $count } 小时前
when-day = { $month }月{ $day }日
when-day-year = { $year }年{ $month }月{ $day }日
when-short = { $month }月{ $day }日
when-ping = { $ms } ms
when-ping-less = 不到 1 ms
