# 一个房间里的对话：说过的话，以及正在写的话。

# 日期和时间。
day =
    { $month }月{ $day }日 { $weekday ->
        [1] 星期一
        [2] 星期二
        [3] 星期三
        [4] 星期四
        [5] 星期五
        [6] 星期六
       *[7] 星期日
    }
day-of-year = { $year }年{ $day }
new-messages = 新消息

# 已载入部分的两端。
older-loading = 正在载入更早的消息
older-offline = 更早的消息在服务器上，恢复连接后显示
older-failed = 更早的消息未能载入。
newer-loading = 正在载入更新的消息
newer-offline = 更新的消息在服务器上，恢复连接后显示
newer-failed = 更新的消息未能载入。
load-again = 重试
room-start = { $room } 从这里开始
room-empty = 这里还没有内容
room-empty-what = 打个招呼吧
pill-new = { $count } 条新消息
pill-now = 回到最新消息
pill-now-new = 回到最新消息 · { $count } 条新消息

# 发生的事。
joined = 加入了房间 · { $time }
joined-by = 由 { $by } 拉入房间 · { $time }
left = 离开了房间 · { $time }
put-out = 被 { $by } 移出房间 · { $time }
put-out-why = 被 { $by } 移出房间：{ $why } · { $time }
topic-set = 设置了话题：{ $topic } · { $time }
topic-removed = 移除了话题 · { $time }

# 一条消息。
edited = （已编辑）
deleted = 已删除
show-all = 显示全部
quote-elsewhere = 一条更早的消息
quote-deleted = 一条已删除的消息
state-waiting = 发送中
state-sent = 已发送：服务器已保存
state-failed = 未发送
not-sent = 未发送：{ $why }
try-again = 重试
discard = 删除
react = 添加表情回应
reply = 回复
copy-text = 复制文字
more = 更多
edit = 编辑
delete = 删除…
delete-question = 为所有人删除这条消息？
delete-yes = 删除
delete-no = 保留
key-react = E
key-reply = R
key-edit = E
key-copy = Ctrl C
key-delete = Del
reacted =
    { $others ->
        [0] { $names }
       *[other] { $names } 和另外 { $others } 人
    }
act-failed = 未完成：{ $why }
jump-nothing = 那条消息已不在这里。
jump-failed = 无法显示那条消息：{ $why }

# 输入框。
address-room = { $people } 人 · 保存在 { $server }，服务器可以阅读
address-direct = 保存在 { $server }，服务器可以阅读
address-offline = 在此等待，直到 { $server } 恢复
address-to = 发到
typing-one = { $a } 正在输入…
typing-two = { $a } 和 { $b } 正在输入…
typing-many = 多人正在输入…
placeholder = 发消息到 { $room }
cannot-send = 只有协管员可以在 { $room } 发言。
replying = 回复 { $name }
editing = 编辑消息
cancel = 取消
emoji = 表情
send = 发送
save = 保存
close = 关闭
send-too-long = 未发送：文字超出此服务器上限 { $bound } 字节，多了 { $over } 字节。请缩短，或分几次发送。
key-enter = Enter
key-escape = Esc
# 斜杠命令：怎么写，做什么。
slash-line = { $usage } · { $what }
slash-help = /help
slash-nick = /nick 名称
slash-join = /join 房间
slash-leave = /leave
slash-me = /me 你在做什么
slash-msg = /msg 某人 文字
slash-topic = /topic 文字
slash-who = /who
slash-kick = /kick 某人 原因
slash-ban = /ban 某人 原因
slash-alert = /alert 文字
slash-quit = /quit
slash-help-what = 列出命令
slash-nick-what = 更改你的显示名称
slash-join-what = 进入一个房间
slash-leave-what = 离开此房间
slash-me-what = 说出你在做什么
slash-msg-what = 单独给某人写信息
slash-topic-what = 设置此房间的话题
slash-who-what = 列出这里有谁
slash-kick-what = 将某人踢出服务器
slash-ban-what = 禁止某人再来
slash-alert-what = 通知服务器上的所有人
slash-quit-what = 关闭应用
slash-unknown = 没有 { $word } 这个命令。输入 /help 查看所有命令，或以 // 开头把它作为消息发送。
slash-not-allowed = 你在这里不能使用 { $word }。请找协管员。
slash-missing = 还缺点什么。写法：{ $usage }
slash-no-username = “{ $text }”不是用户名。用户名由 a 到 z、0 到 9、_ . - 组成，最多 32 个字符。
slash-no-room-name = “{ $text }”不是房间名。房间名由小写字母、数字、_ 和 - 组成，最多 48 个字符。
slash-no-display-name = “{ $text }”不能作为名称：最多 64 个字符，写在一行内。
slash-one-line = { $word } 只能写一行。
who =
    { $count ->
        [1] #{ $room } 里有：{ $names }
       *[other] #{ $room } 里有 { $count } 人：{ $names }
    }
who-more = #{ $room } 里有：{ $names } 等
