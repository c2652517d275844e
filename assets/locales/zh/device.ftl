# 设置中这台设备的页面。

settings-devices = 设备
device-name = 这台设备的名称
device-name-hint = 与你交谈的人会看到它
device-name-kept = 已保存
device-bad-name = 这不能作为设备名称。请用一行 1 到 { $most } 个字符。
device-lan = 在局域网里找人
device-lan-what = 这台电脑会说它是一台设备，但不说是谁的
device-relay-only = 只经中继
device-relay-only-what = 较慢，但与你交谈的人不知道这台电脑的地址
device-keys = 这台设备的密钥
device-keys-keyring = 在系统的密钥环里
device-keys-file = 在只有你能读的文件里
device-opening = 正在打开…
device-vouched = 服务器为它作证
device-not-vouched = 服务器还不认识
device-tracker = 追踪器 { $address }
device-tracker-reached = 可达
device-tracker-not-reached = 不可达
device-own = 你的设备
device-own-what = 发给你的内容会到每一台。请停用丢失的那台。
device-own-none = 还没有问过服务器。
device-this-one = 这一台
device-revoke = 停用…
