# 跳转。

switcher-placeholder = 跳转到…
switcher-choose = ↑ ↓ 选择
switcher-search-all = Ctrl Enter 搜索所有消息
switcher-rooms = # 房间
switcher-people = @ 成员
switcher-commands = > 命令
switcher-group-rooms = 房间
switcher-group-people = 成员
switcher-group-commands = 命令
switcher-nothing = 没有“{ $query }”的结果
switcher-opens-room = 打开两人房间
switcher-unread = { $count } 条未读
switcher-mentions = { $count } 次提及
