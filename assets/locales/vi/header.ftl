# Phần đầu của một phòng.

header-search = Tìm trong phòng này
header-files = Tệp
header-people = Mọi người
header-safety = An toàn
header-more = Thêm
header-members = { $count } người
