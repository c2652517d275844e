# 登录期间自动发生的事。

session-not-opened = 无法打开此账号：{ $why }
session-store-failed = 消息目前没有保存在这台电脑上：{ $why }。请腾出磁盘空间；下次启动时会重新获取。
session-room-deleted = 房间 #{ $room } 已被删除
session-alert = { $by } 通知所有人：{ $text }
send-not-kept = 未发送：这台电脑无法保存（{ $why }）。请腾出磁盘空间，再重新发送。
send-not-discarded = 未能撤回：{ $why }。请重试。
send-draft-not-kept = 草稿没有保存在这台电脑上：{ $why }。请腾出磁盘空间。
