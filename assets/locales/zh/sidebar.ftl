# 侧栏。

sidebar-this-computer = 在这台电脑上
sidebar-jump = 跳转到…
sidebar-add-room = 创建或浏览房间
sidebar-rooms = 房间
sidebar-offline = 离线
sidebar-settings = 设置
