# “跳转”中的应用命令。

command-light = 切换到浅色主题
command-dark = 切换到深色主题
command-settings = 打开设置
command-create-room = 创建房间
command-channel = 进入对等频道
command-browse-rooms = 浏览房间
command-search = 搜索所有消息
command-invite = 邀请别人加入此服务器
command-servers = 前往所有服务器
