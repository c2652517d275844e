# 窗口标题，以及启动和结束时说的话。

title = Parlor
title-server = { $server } · Parlor
title-unread = ({ $count }) { $title }
start-no-display = 没有可以打开窗口的屏幕。没有屏幕时请运行服务器：cargo run --release -p parlord（已安装：parlord）。
start-preferences-not-kept = 未能保存你的选择：磁盘拒绝写入（{ $why }）。请腾出空间，再重新选择。
open-failed = 未能打开：系统没有可用的程序（{ $why }）。请把链接复制到浏览器中。
