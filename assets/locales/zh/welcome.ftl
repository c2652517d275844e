# 首屏。

welcome-nothing-typed = 还没有可以连接的地方。请粘贴链接，或输入地址。
welcome-bad-link = 这不是服务器的链接：{ $why }。
welcome-not-connected = 未能连接：{ $why }
welcome-not-remembered = 未能记住密钥：{ $why }。请检查磁盘，再重新连接。
welcome-not-forgotten = 未能忘记：{ $why }。请检查磁盘，再重试。
welcome-forgotten = 已忘记 { $server }

welcome-theme-system = 主题：跟随系统。切换到浅色
welcome-theme-light = 主题：浅色。切换到深色
welcome-theme-dark = 主题：深色。切换为跟随系统
welcome-join = 加入服务器
welcome-placeholder = 粘贴链接，或输入地址
welcome-connect = 连接
welcome-connecting = 正在连接…
welcome-hint = 形如 parlor://host:8888/?pin=… 的链接带有地址、可信的密钥和你的邀请。
welcome-recent = 最近的服务器
welcome-signed-in = { $address } · 以 { $who } 登录
welcome-last-here = { $address } · 上次来是 { $when }
welcome-more = 更多
welcome-there = 已连接
welcome-silent = 没有回应
welcome-key-changed = 密钥已改变，拒绝连接
welcome-signed-out = 已退出登录
