# 对话框。

dialog-bad-room-name = 这不能作为房间名。请使用任何文字的小写字母、数字、_ 和 -，最多 48 个字符。
dialog-bad-username = 这不能作为用户名。请使用小写字母、数字、_ . 和 -。
dialog-key-copied = 密钥已复制
dialog-link-copied = 链接已复制
dialog-no-invite = 未能生成邀请：{ $why }
dialog-no-rooms = 无法列出房间：{ $why }
dialog-not-created = 未能创建：{ $why }

dialog-cancel = 取消
dialog-close = 关闭

# 首次连接时信任密钥，以及密钥变了。
trust-title = 这是你要找的服务器吗？
trust-about = { $address } 自称“{ $name }”，出示的密钥是这台电脑从未见过的。对自建服务器来说，第一次这样是正常的。
trust-how = 请与服务器所有者通过电话或当面给你的密钥核对。Parlor 会记住它，此后不再接受这个地址的其他密钥。
trust-copy = 复制密钥
trust-not-now = 以后再说
trust-yes = 一致，记住它
key-changed-title = 密钥已改变
key-changed-refused = 已拒绝：此服务器的密钥已改变。请询问所有者；若确实如此，忘记此服务器并使用新链接。
key-changed-about = { $address } 出示的密钥与这台电脑记住的不同。可能有人夹在中间，也可能是所有者换了新密钥。没有向它透露任何信息。
key-changed-forget = 忘记此服务器…

# 询问。
confirm-reason = 为什么？对方会看到。
confirm-kick = 将 { $who } 踢出服务器？
confirm-kick-about = 对方的所有会话立即结束，但可以重新登录。
confirm-kick-yes = 踢出
confirm-ban = 封禁 { $who }？
confirm-ban-about = 对方的所有会话立即结束，在管理员允许之前无法再来。
confirm-ban-yes = 封禁
confirm-mute = 禁言 { $who }？
confirm-mute-about = 对方可以阅读，但在解除之前不能在此服务器的任何地方发言。
confirm-mute-yes = 禁言
confirm-rank = 将 { $who } 设为{ $role }？
confirm-rank-yes = 授予角色
confirm-remove = 将 { $who } 移出 #{ $room }？
confirm-remove-about = 在重新加入或被拉回之前，对方看不到这里的新内容。
confirm-remove-yes = 移出
confirm-leave = 离开 #{ $room }？
confirm-leave-public = 你随时可以重新加入。
confirm-leave-private = 只有房间里的人拉你进来，你才能回来。
confirm-leave-yes = 离开
confirm-delete-room = 删除 #{ $room }？
confirm-delete-room-about = 房间和其中的每条消息都会对所有人消失，无法撤销。
confirm-delete-room-yes = 删除
confirm-end-session = 退出“{ $label }”？
confirm-end-session-about = 无论在哪里，该会话都会立即结束。
confirm-end-session-yes = 退出
confirm-forget = 忘记 { $address }？
confirm-forget-about = 它的密钥、你在那里的账号以及保存在这台电脑上的所有消息都会丢弃，包括尚未发送的。服务器上什么都不变。
confirm-forget-yes = 忘记
confirm-stop-hosting = 停止服务器？
confirm-stop-hosting-about = 在线的人都会断开。房间、消息和账号会保留，下次开服务器时都在。
confirm-stop-hosting-yes = 停止
confirm-quit = 关闭 Parlor？
confirm-quit-yes = 停止并关闭
confirm-sign-out = 在这台电脑上退出登录？
confirm-sign-out-about = 此账号保存在这里的内容会丢弃。服务器上什么都不会丢失。
confirm-sign-out-waiting = 有 { $count } 条消息等待发送，会因此丢失。其他内容都保存在服务器上。
confirm-sign-out-yes = 退出登录

# 新房间，以及可以加入的房间。
create-title = 创建房间
create-name = 名称
create-placeholder = 设计
create-name-hint = 任何文字的小写字母、数字、_ 和 -
create-who = 谁可以进来
create-public = 任何人
create-private = 仅限被拉入的人
create-public-hint = 此服务器上的所有人都能在列表里看到它。
create-private-hint = 不在房间里的人不知道有这个房间。
create-topic = 话题（可不填）
create-yes = 创建
browse-title = 此服务器上的房间
browse-placeholder = 查找房间
browse-waits = 正在询问服务器…
browse-nothing = 没有符合的房间。创建一个？
browse-members = { $count } 人
browse-members-topic = { $count } 人 · { $topic }
browse-join = 加入
browse-joined = 你已在其中

# 服务器的邀请，拉人进房间，话题。
invite-title = 邀请别人
invite-about = 拿到链接的人都能在 { $server } 上创建账号：只发给你想邀请的人。
invite-for = 可供
invite-people = { $count } 人
invite-until = 有效期
invite-days = { $count } 天
invite-as = 加入后的角色
invite-make = 生成链接
invite-link = 链接
invite-copy = 复制链接
add-title = 拉人进入 #{ $room }
add-who = 谁
add-placeholder = 用户名或名称
add-hint = 对方能看到这个房间里写过的所有内容。
add-yes = 拉入
topic-title = #{ $room } 的话题
topic-label = 话题
topic-hint = 用一行写出房间是谈什么的；留空表示没有
topic-yes = 设置
confirm-quit-transfers-about = 有 { $count } 项传输正在进行，下次启动时会继续。
confirm-quit-transfers-yes = 关闭
confirm-quit-transfers-no = 保持打开
confirm-delete-file = 删除 { $name }？
confirm-delete-file-about = 它会从房间和显示它的消息中对所有人消失，无法撤回。
confirm-delete-file-yes = 删除
