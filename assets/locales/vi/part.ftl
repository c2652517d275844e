# Những mảnh nhỏ mà mọi vùng đều dùng.
#
# Từ dùng chung, mỗi từ một nghĩa trong mọi tệp:
#   room phòng · direct talk trò chuyện trực tiếp · peer channel kênh ngang hàng · link liên kết
#   key khóa · pin dấu khóa · invite lời mời, mời · server máy chủ · to host mở máy chủ
#   owner chủ sở hữu (của máy chủ: chủ máy chủ) · admin quản trị viên · moderator điều hành viên
#   member thành viên · guest khách · kick đuổi · ban cấm · mute (người) cấm viết
#   remove from a room đưa ra khỏi phòng · bring in đưa vào · sign in đăng nhập · sign out đăng xuất
#   online trực tuyến · offline ngoại tuyến · sealed niêm phong · relay trạm chuyển tiếp
#   tracker máy theo dõi · file tệp · username tên người dùng · display name tên hiển thị
# Người đọc là “bạn”. Viết khóa, xóa, hủy (dấu trên nguyên âm đầu).

# Số lớn hơn chỗ của huy hiệu.
badge-many = { $most }+
