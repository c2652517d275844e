# 服务器生成的网页。

web-foot = { $server } 运行 Parlor。你在房间里写的内容由此服务器保存，其所有者可以阅读。
web-nav = 页面
web-nav-chat = 聊天
web-nav-files = 文件
web-sign-out = 退出登录
web-composer = 消息

web-username = 用户名
web-username-hint = 小写字母、数字、_ . - · 以后不能更改
web-name = 显示名称
web-name-hint = 任何文字：Nguyễn、陈雨桐、Lefèvre
web-password = 密码
web-invite = 邀请

web-login-title = 登录
web-login-submit = 登录
web-login-open = 第一次来？
web-login-new = 有邀请吗？
web-login-join = 创建账号

web-join-title = 请进
web-join-heading = 你受邀加入 { $server }
web-join-about = Parlor 供小团体在自己的服务器上聊天和分享文件。
web-join-app = 使用桌面应用
web-join-app-about = 应用还能在电脑之间直接对话，内容只对参与者开封。下面的链接告诉应用此服务器的密钥，这样谁也无法夹在中间。
web-join-app-open = 在 Parlor 中打开
web-join-app-link = 或把此链接复制到应用中：
web-join-browser = 在此浏览器中
web-join-submit = 创建账号
web-join-closed = 谁都不能在这里注册。请向服务器的管理者要账号。
web-join-has-account = 已有账号？

web-role-owner = 所有者
web-role-admin = 管理员
web-role-moderator = 协管员
web-role-member = 成员
web-role-guest = 访客
web-presence-online = 在线
web-presence-away = 离开
web-presence-offline = 离线

web-home-title = 首页
web-home-rooms = 房间
web-home-other-rooms = 可加入的房间
web-home-unread = { $count } 条新消息
web-home-members = { $count } 人
web-home-people = 成员 · { $count } 人在线
web-home-more-people = 还有更多人，聊天页会全部列出。
web-home-files = 文件
web-home-files-none-how = 在聊天里给消息附上一个，或在文件页上传。
web-home-all-files = 所有文件
web-home-sessions = 你的会话和设备
web-home-sessions-about = 你登录着的所有地方。不认识的请退出，并更改密码。
web-home-session-unnamed = 未命名
web-home-session-current = 此浏览器
web-home-session-created = 登录于
web-home-session-seen = 最近使用
web-home-session-end = 退出 { $label }

web-reason-bad-credentials = 用户名或密码不对。请检查两者；密码区分大小写。
web-reason-rate-limited = 一次做得太多了。请在 { $seconds } 秒后重试。
web-reason-username-taken = 这个用户名现在或曾经属于别人。请换一个。
web-reason-weak-password = 这个密码太弱。请换一个符合规则的。
web-reason-invite-required = 这里需要邀请。请向服务器的管理者要一个链接。
web-reason-bad-invite = 此邀请有误、已用完或已过期。请要一个新的。
web-reason-registration-closed = 谁都不能在这里注册。请向服务器的管理者要账号。
web-reason-already-online = 你已在别处登录，而此服务器只允许一个会话。请先结束那一个。
web-reason-storage-unavailable = 服务器现在无法保存任何内容。什么都没留下；请稍后再试。

web-error-home = 回到起始页
web-error-400 = 没看懂这个请求
web-error-400-next = 请返回，换个方式再试。
web-error-401 = 你还没有登录
web-error-401-next = 登录后会带你回到想去的地方。
web-error-403 = 不允许这样做
web-error-403-next = 如果你认为应该允许，请询问此服务器的管理者。
web-error-404 = 这里什么都没有
web-error-404-next = 请检查地址，或从首页开始。
web-error-405 = 这个页面不能这样用
web-error-405-next = 请从首页开始。
web-error-413 = 太多了
web-error-413-next = 请一次少发一些。
web-error-429 = 一次太多了
web-error-429-next = 请稍等，再重试。
web-error-500 = 服务器出错了
web-error-500-next = 请稍后重试。若再次发生，请告诉此服务器的管理者。
