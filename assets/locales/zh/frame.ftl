# 主界面，各区域之外。

frame-opening = 正在打开 { $server }…
frame-no-room = 你还没有加入房间。按“房间”旁的 + 找一个。
