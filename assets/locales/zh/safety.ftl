# 安全面板：安全码、设备、怎样送达。

trust-verified = 已核对
trust-not-compared = 未核对
trust-new-device = 新设备，未核对
trust-differs = 安全码不一致
trust-blocked = 已屏蔽

safety-title = 安全
safety-unknown = 还不知道对方的设备。
safety-number = 安全码
safety-none = 你和 { $name } 都有设备之后才有可核对的安全码。
safety-compared = 核对于{ $day } { $time }。{ $name } 看到同样的 60 位数字；如果不同，你们之间有人。
safety-changed = 它在{ $day }改变，当时添加了“{ $label }”。请用语音或当面从两块屏幕互相念出。
safety-how = 请用语音或当面从两块屏幕念给 { $name }。如果相同，你们之间就没有人。
safety-differs = { $day }两边的安全码不同：你们之间可能有人。不要发送私密内容。信任之前请与 { $name } 重新核对。
safety-match = 一致
safety-differ = 不一致
safety-copy = 复制
safety-copied = 安全码已复制
safety-code = 显示二维码
safety-digits = 显示数字
safety-devices = { $name } 的设备
safety-no-device = { $name } 还没有在电脑上用过本应用。
safety-goes = 怎样送达

device-since = { $day }起已知
device-new = 新设备，{ $since }
device-changed = 出示另一个密钥
device-ended = 已停用
device-connected = { $what } · 已连接
device-tag-new = 新
device-tag-changed = 已变

goes-now = 现在
goes-otherwise = 否则
goes-away = 不在时
goes-at = { $way }，{ $at }
goes-relay = 经中继
goes-sealed = 密封，由 { $server } 保管
goes-waits = { $count ->
    [0] 密封，没有等待的
   *[other] 密封，{ $count } 条在 { $server } 等待
}
goes-reaching = 正在呼叫
goes-nowhere = 没有设备
goes-dialled-what = 呼叫
goes-dialled = { $last }，{ $seconds } 秒后再次
goes-kept = 保管到
goes-until = { $name } 取走

menu-block = 屏蔽…
menu-unblock = 解除屏蔽
menu-forget-talk = 从这里移除此对话…
menu-leave-channel = 离开频道…
confirm-block = 屏蔽 { $who }？
confirm-block-about = 对方从设备发来的一切都不会进来，对方也看不到你是否在。服务器的房间不变。
confirm-block-yes = 屏蔽
confirm-forget-talk = 移除与 { $who } 的对话？
confirm-forget-talk-about = 它会从这台电脑消失。{ $who } 和你的其他设备仍然保留。
confirm-forget-talk-yes = 移除
confirm-leave-channel-about = 这台电脑上的内容会被移除。其他人仍然保留，你可以再回来。
confirm-differs = 安全码不一致？
confirm-differs-about = 那么你和 { $who } 之间可能有人。此对话会有标记，直到重新核对。
confirm-differs-yes = 不一致
confirm-revoke = 停用“{ $label }”？
confirm-revoke-about = 那台设备不能再与任何人交谈，与你交谈的人会得知。此操作不能撤销。
confirm-revoke-yes = 停用
