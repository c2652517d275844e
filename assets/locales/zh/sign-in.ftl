# 登录界面。

sign-in-not-signed-in = 未能登录：{ $why }
sign-in-not-made = 未能创建账号：{ $why }
sign-out-failed = 未能退出登录：{ $why }

sign-in-all-servers = 所有服务器
sign-in-key-link = 已加密，密钥来自你的链接
sign-in-key-remembered = 已加密，密钥已记住
sign-in-key-roots = 已加密，系统认识此密钥
sign-in-register-open = 任何人都可以创建账号
sign-in-register-invite = 凭邀请创建账号
sign-in-register-closed = 不接受新账号
sign-in-guests = 欢迎访客
sign-in-no-guests = 不接待访客
sign-in-kept = 你在房间里写的内容由此服务器保存，其所有者可以阅读。
sign-in-tab = 登录
sign-in-tab-new = 新账号
sign-in-tab-guest = 访客
sign-in-submit = 登录
sign-in-submit-new = 创建账号
sign-in-submit-guest = 以访客身份进入
sign-in-waits = 稍等…
sign-in-username = 用户名
sign-in-username-hint = 小写字母、数字、_ . - · 以后不能更改
sign-in-name = 显示名称
sign-in-name-hint = 任何文字：Nguyễn、陈雨桐、Lefèvre
sign-in-password = 密码
sign-in-invite = 邀请
sign-in-invite-from-link = 来自你的链接
sign-in-invite-hint = 所有者给你的邀请码
