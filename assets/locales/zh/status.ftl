# 状态栏。关于连接的话从不缩短。

status-not-connected = 未连接
status-reaching = 正在连接 { $address }…
status-answers = 有回应 · { $ping }
status-runs = { $name } 运行 parlord { $version }
status-kept-at-once = 更改立即保存
status-hosting = 本机服务器 { $name } · { $count } 人在线
status-key = 密钥已记住
status-key-link = 密钥来自你的链接
status-key-roots = 系统认识此密钥
status-connected = 已连接 · { $ping }
status-connected-plain = 已连接
status-connected-here = 已连接 · 这台电脑
status-connecting = 正在连接…
status-offline = 离线，{ $seconds } 秒后重试
status-offline-now = 离线，正在重试
status-why = 离线：{ $why }
status-try-now = 立即重试
status-key-changed = 已拒绝：此服务器的密钥已改变
status-try-again = 重试
status-signed-out = 已被服务器退出登录
status-sign-in-again = 重新登录
status-waiting = { $state } · { $count } 条消息等待发送
