# 只有聊天页和文件页才说的话，其余用应用里的话。

# 大小。
web-bytes = { $amount } B
web-kilobytes = { $amount } KB
web-megabytes = { $amount } MB
web-gigabytes = { $amount } GB
web-terabytes = { $amount } TB
web-seconds = { $count } 秒
web-minutes = { $count } 分钟
web-hours = { $count } 小时

# 框架。
web-needs-script = 聊天需要 JavaScript。请为此网站允许它，或使用桌面应用。
web-back = 回到房间
web-skip = 到输入框
web-talk = 对话
web-messages = { $room } 中的消息
web-opens-room = 打开两人房间
web-link = 连接
web-connected = 已连接
web-now = 最新
web-open = 打开
web-overview = 概览
web-mention = 提及
web-panel-people = 成员
web-panel-search = 搜索
web-panel-transfers = 传输
web-desktop-only = 直接对话和点对点频道是端到端加密的，只在桌面应用里。
web-presence-unknown = 离线时未知

# 屏幕阅读器读出的话。
web-spoken = { $name } { $time }：{ $text }
web-spoken-offline = 离线。会自动重新连接。

# 消息。
web-copied = 已复制
web-not-copied = 未复制：浏览器不允许。请选中文字再复制。
web-not-kept = 浏览器在这里不保存任何内容：页面关闭时，尚未发送的消息会丢失。
web-outbox-full = 未发送：已有 200 条消息在等待。请等连接恢复。
web-notice = { $room } 中的 { $name }
web-error-timed-out = 服务器没有及时回应。请重试。

# 文件和传输。
web-files = 文件
web-all-files = 所有文件
web-attach = 添加文件
web-download = 下载 { $name }
web-picture = { $name }，{ $about }：查看大图
web-drop = 松开以发送 { $count } 个文件
web-transfers = 传输
web-running = { $count } 项进行中
web-up = 上传 { $count } 项 · { $speed }/秒
web-up-idle = { $count } 项传输
web-no-transfers = 没有正在传输的内容
web-no-transfers-how = 把文件拖到对话里，或按 Ctrl+U
web-pause = 暂停 { $name }
web-resume = 继续 { $name }
web-cancel = 取消 { $name }
web-take-away = 移除 { $name }
web-choose-again = 重新选择 { $name }
web-upload-waiting = 等待中 · { $size }
web-upload-part = { $part }%
web-upload-running = { $part }% · { $speed }/秒 · 还剩 { $left }
web-upload-paused = 已暂停，{ $size } 中的 { $part }%
web-upload-ready = 就绪 · { $size }
web-upload-broken = 已中断。服务器有回应后会继续。
web-upload-again = 停在 { $size } 中的 { $done } 处。请重新选择文件以继续。
web-upload-too-large = 未上传：{ $name } 超出此服务器允许的 { $most }。
web-upload-forbidden = 未上传：你不能在这里放文件。请先加入房间。
web-upload-refused = 未上传：服务器拒绝了（{ $status }）。请重试，或询问所有者。
web-too-many-files = 一条消息可带 { $count } 个文件。请先发送这些。
web-file-stuck = { $name } 没有上传。请重新选择，或移除。
web-another-file = 那不是同一个 { $name }：大小或日期不同。

# 文件页。
web-files-find = 按名称查找文件
web-files-kind = 类型
web-files-any = 所有类型
web-files-pictures = 图片
web-files-documents = 文档
web-files-archives = 压缩包
web-files-sort = 排序
web-files-newest = 最新
web-files-name = 按名称
web-files-largest = 最大
web-files-room = 房间
web-files-all-rooms = 所有房间
web-files-upload = 上传
web-files-upload-to = 上传到 { $room }
web-files-column-name = 名称
web-files-column-from = 来自
web-files-column-size = 大小
web-files-column-when = 时间
web-files-none = 还没有文件
web-files-none-how = 拖一个到这里，或按 Ctrl+U
web-files-nothing = 没有“{ $query }”的结果
web-files-nothing-how = 试试少几个字，或搜索所有房间
web-files-count = { $count } 个文件 · { $server } 上共 { $size }
web-files-count-some = 最新的 { $count } 个文件 · { $server } 上共 { $size }
web-files-drop-hint = 把文件拖到窗口任意处即可上传
web-files-more = 显示更早的
web-files-failed = 无法列出文件：{ $why }
web-files-delete = 删除 { $name }
web-files-delete-question = 为所有人删除 { $name }？
web-files-delete-about = 它会从房间和服务器上消失，无法撤销。
web-files-deleted = 已删除 { $name }
web-files-uploaded = { $name } 已在 { $room } 中
web-files-show = 在房间中显示

# 通知。
web-notices-title = 通知
web-notices = 在这台电脑上通知我
web-notices-how = 按各房间的设置，在页面打开而你没看着它时通知。
web-notices-denied = 浏览器禁止此页面发通知。请在浏览器的网站设置中允许。

# 会话的结束。
web-ended = 此会话已结束：你在别处退出了登录，或会话被结束。你写了却没能发送的内容保存在此浏览器中。
web-kicked = { $by } 将你踢出了服务器：{ $why }
web-no-reason = 没有说明原因
web-signed-out = 你已退出登录。
web-sign-out-question = 在此浏览器中退出登录？
web-sign-out-about = 保存在此浏览器中的草稿和位置会丢弃。服务器上什么都不会丢失。
