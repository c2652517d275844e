# 为什么没成，该怎么办。每句接在“未……：”之后，或单独出现。

error-offline = 与服务器没有连接。恢复后请重试。
error-lost = 回复到达之前连接断了。请查看是否已完成，再重试。
error-ended = 会话已结束。请重新登录。
error-too-long = 超出了服务器允许的长度。请缩短。
error-unexpected = 服务器的回复不对。请重试；若一直如此，请告诉服务器所有者。
error-store = 这台电脑无法保存（{ $why }）。请腾出磁盘空间，再重试。
error-bad-request = 服务器没看懂（{ $said }）。请检查输入的内容，或更新 Parlor。
error-bad-credentials = 用户名或密码不对。请检查两者；密码区分大小写。
error-username-taken = 这个用户名现在或曾经属于别人。请换一个。
error-bad-username = 这不能作为用户名。请使用小写字母、数字、_ . 和 -，以字母或数字开头，最多 32 个字符。
error-weak-password = 密码太容易猜到。请换一个符合下面所有规则的密码。
error-invite-required = 这里凭邀请创建账号。请向所有者要一个链接。
error-bad-invite = 邀请有误、已用完或已过期。请要一个新链接。
error-registration-closed = 现在谁都不能在这里创建账号。请询问所有者。
error-guests-not-allowed = 此服务器不接待访客。请登录，或创建账号。
error-already-online = 此账号已在别处登录，而服务器一次只允许一个会话。请先在那里退出登录。
error-banned = 你被此服务器封禁（{ $said }）。请询问所有者。
error-muted = 你目前在此服务器上被禁言。请稍后再试，或询问协管员。
error-no-such-room = 你没有这样的房间。请检查名称，或请人拉你进去。
error-room-exists = 已有同名的房间。请换一个名称。
error-bad-room-name = 这不能作为房间名。请使用任何文字的小写字母、数字、_ 和 -，最多 48 个字符。
error-not-a-member = 你不在这个房间里。请先加入。
error-no-such-user = 此服务器上没有这个人。请检查名称。
error-no-such-message = 这条消息已经不在了。你不用做什么。
error-no-such-file = 这个文件已经不在了。请询问发送它的人。
error-text-too-long = 文字超出了服务器允许的长度。请缩短，或分几次发送。
error-forbidden = 你在这里不能这样做（{ $said }）。请找协管员。
error-rate-limited = 一次做得太多了。请在 { $seconds } 秒后重试。
error-rate-limited-some = 一次做得太多了。请过一会儿重试。
error-slow-consumer = 这台电脑读得太慢。它会自动重新连接。
error-hold-full = 等待对方的内容已经太多。请等对方上线后再试。
error-storage-unavailable = 服务器的磁盘已满或不可用，什么都没保存。请过一分钟再试。
error-internal = 服务器出错了。请重试；若一直如此，请告诉所有者。
error-unknown = 服务器拒绝了（{ $said }）。请更新 Parlor，或询问所有者。

error-unknown-host = 找不到名称 { $host }。请检查地址和你的网络。
error-unreachable = { $address } 没有回应。请检查地址；服务器可能关着，或端口未开放。
error-timed-out = { $address } 没有及时回应。请检查你的网络，再重试。
error-broken = 与 { $address } 的连接断了。请重试。
error-not-parlor = { $address } 上的不是 Parlor 服务器。请检查地址和端口。
error-key-changed = 此服务器的密钥已改变。请询问所有者；若确实如此，忘记此服务器并使用新链接。
error-unconfirmed = 此服务器的密钥还没核对过。请重新连接并核对。
error-other-protocol = 服务器使用协议的第 { $theirs } 版。请更新两者中较旧的一方。
error-here = 这台电脑无法保存（{ $what }）。请检查磁盘和文件夹的权限。

# 接在“离线：”之后。
offline-unknown-host = 找不到服务器的名称
offline-unreachable = 那里没有回应
offline-timed-out = 服务器没有及时回应
offline-lost = 连接断了
offline-silent = 服务器没有动静
offline-not-parlor = 那里的不是 Parlor 服务器

ended-signed-out = 你已退出登录。
ended-kicked = { $by } 将你踢出了服务器。你可以重新登录。
ended-kicked-why = { $by } 将你踢出了服务器：{ $why }。你可以重新登录。

# 为什么一段文字不是服务器的链接。每句放进“……：{ $why }。”
link-empty = 请输入服务器的地址，例如 chat.example.org 或 192.0.2.7:8888
link-bad-host = “{ $host }”不是主机名，也不是 IP 地址
link-bad-port = “{ $port }”不是端口；端口是 1 到 65535 之间的数字
link-bad-brackets = IPv6 地址要写在方括号里，例如 [2001:db8::7]:8888
link-other-scheme = Parlor 的链接以 parlor:// 开头
link-bad-pin = 其中的密钥指纹已损坏；请重新复制整个链接
link-path = Parlor 链接的地址后面没有路径
link-damaged = 链接在“{ $at }”处损坏；请重新复制整个链接
link-too-long = 太长了，不会是链接
