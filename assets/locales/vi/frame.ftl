# Màn hình chính, quanh các vùng.

frame-opening = Đang mở { $server }…
frame-no-room = Bạn chưa ở phòng nào. Bấm + cạnh mục Phòng để tìm.
