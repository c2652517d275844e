# Bảng mọi người.

people-title = Mọi người
people-add = Đưa người vào
people-close = Đóng
people-online = Trực tuyến · { $count }
people-away = Vắng mặt · { $count }
people-offline = Ngoại tuyến · { $count }
people-here = Ở đây · { $count }
people-not-here = Không ở đây · { $count }
people-unknown = Không rõ khi ngoại tuyến · { $count }
people-more = và { $count } người nữa

role-owner = chủ sở hữu
role-admin = quản trị viên
role-moderator = điều hành viên
role-member = thành viên
role-guest = khách
role-owner-means = Chủ sở hữu làm được mọi việc ở đây, cả với quản trị viên, và chỉ chủ sở hữu khác mới đuổi được họ.
role-admin-means = Quản trị viên cấm, mời, trao vai trò thấp hơn và đọc nhật ký kiểm tra.
role-moderator-means = Điều hành viên cấm viết, đuổi người, xóa tin nhắn và thông báo cho mọi người.
role-member-means = Thành viên viết, và tạo phòng của riêng mình.
