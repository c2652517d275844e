# Các trang web do máy chủ viết.

web-foot = { $server } chạy trên Parlor. Những gì bạn viết trong phòng được máy chủ này lưu, và chủ máy chủ có thể đọc.
web-nav = Các trang
web-nav-chat = Trò chuyện
web-nav-files = Tệp
web-sign-out = Đăng xuất
web-composer = Tin nhắn

web-username = Tên người dùng
web-username-hint = Chữ thường, chữ số, _ . - · sau này không đổi được
web-name = Tên hiển thị
web-name-hint = Chữ viết nào cũng được: Nguyễn, 陈雨桐, Lefèvre
web-password = Mật khẩu
web-invite = Lời mời

web-login-title = Đăng nhập
web-login-submit = Đăng nhập
web-login-open = Mới đến đây?
web-login-new = Bạn có lời mời?
web-login-join = Tạo tài khoản

web-join-title = Mời vào
web-join-heading = Bạn được mời đến { $server }
web-join-about = Parlor là nơi một nhóm nhỏ trò chuyện và chia sẻ tệp, trên máy chủ của riêng mình.
web-join-app = Bằng ứng dụng trên máy tính
web-join-app-about = Ứng dụng còn trò chuyện trực tiếp từ máy này sang máy kia, niêm phong cho riêng những người trong cuộc trò chuyện. Liên kết dưới đây cho ứng dụng biết khóa của máy chủ này, để không ai đứng chen giữa được.
web-join-app-open = Mở trong Parlor
web-join-app-link = Hoặc sao chép liên kết này vào ứng dụng:
web-join-browser = Trong trình duyệt này
web-join-submit = Tạo tài khoản
web-join-closed = Không ai đăng ký được ở đây. Hãy xin tài khoản từ người vận hành máy chủ.
web-join-has-account = Bạn đã có tài khoản?

web-role-owner = Chủ sở hữu
web-role-admin = Quản trị viên
web-role-moderator = Điều hành viên
web-role-member = Thành viên
web-role-guest = Khách
web-presence-online = trực tuyến
web-presence-away = vắng mặt
web-presence-offline = ngoại tuyến

web-home-title = Trang chính
web-home-rooms = Phòng
web-home-other-rooms = Phòng có thể vào
web-home-unread = { $count } tin mới
web-home-members = { $count } người
web-home-people = Mọi người · { $count } trực tuyến
web-home-more-people = Còn nhiều người nữa. Trang trò chuyện liệt kê tất cả.
web-home-files = Tệp
web-home-files-none-how = Đính kèm một tệp vào tin nhắn trong trò chuyện, hoặc tải lên ở trang tệp.
web-home-all-files = Mọi tệp
web-home-sessions = Phiên và thiết bị của bạn
web-home-sessions-about = Mọi nơi bạn đang đăng nhập. Hãy đăng xuất những gì bạn không nhận ra, và đổi mật khẩu.
web-home-session-unnamed = Không có tên
web-home-session-current = trình duyệt này
web-home-session-created = từ
web-home-session-seen = có mặt lần cuối
web-home-session-end = Đăng xuất { $label }

web-reason-bad-credentials = Tên người dùng hoặc mật khẩu không đúng. Hãy kiểm tra cả hai; mật khẩu phân biệt chữ hoa và chữ thường.
web-reason-rate-limited = Quá nhiều yêu cầu cùng lúc. Hãy thử lại sau { $seconds } giây.
web-reason-username-taken = Tên người dùng này đang có hoặc từng có người dùng. Hãy chọn tên khác.
web-reason-weak-password = Mật khẩu này quá yếu. Hãy chọn mật khẩu theo đúng các quy tắc.
web-reason-invite-required = Ở đây cần có lời mời. Hãy xin liên kết từ người vận hành máy chủ.
web-reason-bad-invite = Lời mời này không đúng, đã dùng hết hoặc hết hạn. Hãy xin lời mời mới.
web-reason-registration-closed = Không ai đăng ký được ở đây. Hãy xin tài khoản từ người vận hành máy chủ.
web-reason-already-online = Bạn đang đăng nhập ở nơi khác, và máy chủ này chỉ cho một phiên. Hãy kết thúc phiên đó trước.
web-reason-storage-unavailable = Hiện máy chủ không lưu được gì. Chưa có gì được giữ lại; hãy thử lại sau.

web-error-home = Về trang đầu
web-error-400 = Yêu cầu này không hiểu được
web-error-400-next = Hãy quay lại, và thử cách khác.
web-error-401 = Bạn chưa đăng nhập
web-error-401-next = Hãy đăng nhập, rồi bạn sẽ được đưa về nơi bạn muốn đến.
web-error-403 = Việc này không được phép
web-error-403-next = Nếu bạn nghĩ là được, hãy hỏi người vận hành máy chủ này.
web-error-404 = Ở đây không có gì
web-error-404-next = Hãy xem lại địa chỉ, hoặc bắt đầu từ trang đầu.
web-error-405 = Trang này không dùng theo cách đó
web-error-405-next = Hãy bắt đầu từ trang đầu.
web-error-413 = Như vậy là quá nhiều
web-error-413-next = Hãy gửi ít hơn mỗi lần.
web-error-429 = Quá nhiều cùng lúc
web-error-429-next = Hãy chờ một chút, rồi thử lại.
web-error-500 = Máy chủ gặp lỗi
web-error-500-next = Hãy thử lại sau ít lâu. Nếu vẫn vậy, hãy báo cho người vận hành máy chủ này.
