# 侧栏。

sidebar-this-computer = 在这台电脑上
sidebar-jump = 跳转到…
sidebar-add-room = 创建或浏览房间
sidebar-rooms = 房间
sidebar-channels = 对等频道
sidebar-add-channel = 新的对等频道
sidebar-direct = 直接对话
sidebar-add-direct = 与人直接交谈
sidebar-no-direct = 在任意房间里选一个人
sidebar-sealed = { $count } 条已密封
sidebar-offline = 离线
sidebar-settings = 设置
