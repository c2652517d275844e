# 搜索面板。

search-failed = 未能搜索：{ $why }

search-title = 搜索
search-close = 关闭
search-placeholder = 搜索消息
search-found = 找到 { $count } 条
search-found-more = { $count } 条以上
search-here = 在 { $room } 中
search-everywhere = 所有位置
search-where = 房间的搜索在 { $server } 上进行。直接对话和对等频道只在这台电脑上搜索。
search-where-here = 此对话只在这台电脑上搜索。
search-here-found = 那里找到 { $count } 条
search-begin = 搜索消息
search-begin-how = 声调符号可以省略：“thiet ke”能找到“thiết kế”
search-waits = 正在搜索…
search-nothing = 没有“{ $query }”的结果
search-nothing-how = 试试少几个字，或搜索所有房间
search-more = 显示更早的
