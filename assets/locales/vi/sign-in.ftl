# Màn hình đăng nhập.

sign-in-not-signed-in = Chưa đăng nhập được: { $why }
sign-in-not-made = Chưa tạo được tài khoản: { $why }
sign-out-failed = Chưa đăng xuất được: { $why }

sign-in-all-servers = Mọi máy chủ
sign-in-key-link = Mã hóa, khóa từ liên kết
sign-in-key-remembered = Mã hóa, khóa đã nhớ
sign-in-key-roots = Mã hóa, hệ thống biết khóa này
sign-in-register-open = Ai cũng tạo được tài khoản
sign-in-register-invite = Tài khoản mới cần lời mời
sign-in-register-closed = Không nhận tài khoản mới
sign-in-guests = Đón nhận khách
sign-in-no-guests = Không nhận khách
sign-in-kept = Những gì bạn viết trong phòng được máy chủ này lưu, và chủ máy chủ có thể đọc.
sign-in-tab = Đăng nhập
sign-in-tab-new = Tài khoản mới
sign-in-tab-guest = Khách
sign-in-submit = Đăng nhập
sign-in-submit-new = Tạo tài khoản
sign-in-submit-guest = Vào với tư cách khách
sign-in-waits = Chờ một chút…
sign-in-username = Tên người dùng
sign-in-username-hint = Chữ thường, chữ số, _ . - · sau này không đổi được
sign-in-name = Tên hiển thị
sign-in-name-hint = Chữ viết nào cũng được: Nguyễn, 陈雨桐, Lefèvre
sign-in-password = Mật khẩu
sign-in-invite = Lời mời
sign-in-invite-from-link = Từ liên kết của bạn
sign-in-invite-hint = Mã mà chủ máy chủ đã đưa cho bạn
