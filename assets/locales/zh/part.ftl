# 各区域共用的小部件。
#
# 共用的词，所有文件里一词一义：
#   room 房间 · direct talk 直接对话 · peer channel 点对点频道 · link 链接 · key 密钥 · pin 密钥指纹
#   invite 邀请 · server 服务器 · to host 在这台电脑上开服务器（hosting 本机服务器）
#   owner 所有者 · admin 管理员 · moderator 协管员 · member 成员 · guest 访客
#   kick 踢出 · ban 封禁 · mute（人）禁言，（房间）静音 · remove 移出 · bring in 拉入
#   sign in 登录 · sign out 退出登录 · online 在线 · offline 离线 · sealed 密封 · relay 中继
#   tracker 追踪服务器 · file 文件 · topic 话题 · username 用户名 · display name 显示名称
# 称“你”。标点用全角；汉字与拉丁字母、数字、变量之间空一格，全角标点旁不空，日期不空。

# 徽标放不下的数目。
badge-many = { $most }+
