# Các phần của biểu mẫu.

form-show-password = Hiện mật khẩu
form-hide-password = Ẩn mật khẩu
