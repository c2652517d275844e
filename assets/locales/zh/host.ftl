# 应用内的服务器。

host-needs-name = 请先给你的服务器起个名称。
host-needs-username = 请选择你在上面的用户名：小写字母、数字、_ . 和 -，以字母或数字开头。
host-needs-password = 请为你在上面的账号设置密码。
host-not-started = 未能启动：{ $why }
host-no-invite = 没有新链接：{ $why }
host-stopped = 服务器已停止
host-died = 服务器已停止：{ $why }

# 首屏上的卡片。
host-title = 在这台电脑上开服务器
host-about = 你自己的服务器，就在这个应用里。Parlor 开着它就运行；别人通过链接加入。
host-runs = { $name } 正在运行。
host-open-page = 查看服务器页面
host-name = 名称
host-name-placeholder = 我们的客厅
host-who = 谁可以加入
host-invited = 受邀者
host-anyone = 有链接的人
host-username = 你在上面的用户名
host-password = 你在上面的密码
host-password-hint = 服务器归你所有；请记好这个密码。
host-start = 启动服务器
host-starting = 正在启动…
host-stopping = 正在停止…
host-where = 端口 8888 · 保存在 { $folder }

# 服务器页面。
host-off = 服务器未运行。
host-back = 回到房间
host-since = 自 { $time } 起运行
host-hosting = 本机服务器 { $name }
host-stop = 停止服务器
host-link-waits = 链接马上就好…
host-invite = 用此链接邀请别人
host-open-about = 拿到链接的人都能创建账号：只发给你想邀请的人。
host-good-for = 可供
host-for-days = 7 天内有效
host-new-link = 新链接
host-invite-about = 在此之前，拿到链接的人都能创建账号：只发给你想邀请的人。
host-online = 在线 · { $count }
host-accounts = { $count } 人
host-camera = 同一个链接，供扫码
host-network = 本网络
host-kept = 保存在
host-on-close = 关闭应用时
host-on-close-stops = 服务器停止
host-outside = 路由器把端口 { $port } 转发到这台电脑后，网络外的人就能加入。
host-port-taken = 这台电脑的端口 { $port } 已被占用，而你发出的链接用的正是它。请关闭占用它的程序，再启动。
host-weak-password = 密码太容易猜到。请换一个：{ $rules }
