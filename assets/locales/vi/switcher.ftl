# Đi tới.

switcher-placeholder = Đi tới…
switcher-choose = ↑ ↓ chọn
switcher-search-all = Ctrl Enter tìm mọi tin nhắn
switcher-rooms = # phòng
switcher-people = @ người
switcher-commands = > lệnh
switcher-group-rooms = Phòng và trò chuyện
switcher-group-people = Mọi người
switcher-group-commands = Lệnh
switcher-nothing = Không có gì cho “{ $query }”
switcher-opens-talk = mở trò chuyện trực tiếp
switcher-direct = trực tiếp
switcher-channel = kênh ngang hàng · { $here }
switcher-unread = { $count } chưa đọc
switcher-mentions = { $count } lần nhắc đến
