# Đi tới.

switcher-placeholder = Đi tới…
switcher-choose = ↑ ↓ chọn
switcher-search-all = Ctrl Enter tìm mọi tin nhắn
switcher-rooms = # phòng
switcher-people = @ người
switcher-commands = > lệnh
switcher-group-rooms = Phòng
switcher-group-people = Mọi người
switcher-group-commands = Lệnh
switcher-nothing = Không có gì cho “{ $query }”
switcher-opens-room = mở phòng hai người
switcher-unread = { $count } chưa đọc
switcher-mentions = { $count } lần nhắc đến
