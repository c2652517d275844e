# Thông báo.

toast-close = Đóng
