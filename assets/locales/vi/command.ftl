# Lệnh của ứng dụng, trong ô “đi tới”.

command-light = Chuyển sang giao diện sáng
command-dark = Chuyển sang giao diện tối
command-settings = Mở cài đặt
command-create-room = Tạo phòng
command-channel = Vào một kênh ngang hàng
command-browse-rooms = Xem các phòng
command-search = Tìm trong mọi tin nhắn
command-invite = Mời người vào máy chủ này
command-servers = Đến danh sách máy chủ
