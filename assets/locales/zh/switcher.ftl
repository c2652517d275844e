# 跳转。

switcher-placeholder = 跳转到…
switcher-choose = ↑ ↓ 选择
switcher-search-all = Ctrl Enter 搜索所有消息
switcher-rooms = # 房间
switcher-people = @ 成员
switcher-commands = > 命令
switcher-group-rooms = 房间和对话
switcher-group-people = 成员
switcher-group-commands = 命令
switcher-nothing = 没有“{ $query }”的结果
switcher-opens-talk = 打开直接对话
switcher-direct = 直接对话
switcher-channel = 对等频道 · { $here }
switcher-unread = { $count } 条未读
switcher-mentions = { $count } 次提及
