# 房间的标题栏。

header-search = 搜索此房间
header-files = 文件
header-people = 成员
header-safety = 安全
header-more = 更多
header-members = { $count } 人
