# Máy chủ bên trong ứng dụng.

host-needs-name = Trước hết hãy đặt tên cho máy chủ của bạn.
host-needs-username = Hãy chọn tên người dùng của bạn ở đó: chữ thường, chữ số, _ . và -, bắt đầu bằng chữ hoặc số.
host-needs-password = Hãy chọn mật khẩu cho tài khoản của bạn ở đó.
host-not-started = Chưa khởi động được: { $why }
host-no-invite = Không có liên kết mới: { $why }
host-stopped = Máy chủ đã dừng
host-died = Máy chủ đã dừng: { $why }

# Thẻ trên màn hình đầu tiên.
host-title = Mở máy chủ trên máy này
host-about = Máy chủ của riêng bạn, ngay trong ứng dụng này. Nó chạy khi Parlor mở; người khác vào bằng một liên kết.
host-runs = { $name } đang chạy.
host-open-page = Mở trang máy chủ
host-name = Tên
host-name-placeholder = Phòng khách của ta
host-who = Ai được vào
host-invited = Người được mời
host-anyone = Ai có liên kết
host-username = Tên người dùng của bạn ở đó
host-password = Mật khẩu của bạn ở đó
host-password-hint = Bạn là chủ máy chủ; hãy giữ kỹ mật khẩu này.
host-start = Khởi động máy chủ
host-starting = Đang khởi động…
host-stopping = Đang dừng…
host-where = Cổng 8888 · lưu trong { $folder }

# Trang máy chủ.
host-off = Máy chủ đang tắt.
host-back = Về các phòng
host-since = Chạy từ { $time }
host-hosting = Máy chủ { $name }
host-stop = Dừng máy chủ
host-link-waits = Liên kết sẽ có ngay…
host-invite = Mời người khác bằng liên kết này
host-open-about = Ai có liên kết đều tạo được tài khoản: chỉ gửi cho người bạn muốn mời.
host-good-for = Dùng cho
host-for-days = trong 7 ngày
host-new-link = Liên kết mới
host-invite-about = Từ giờ đến lúc đó, ai có liên kết đều tạo được tài khoản: chỉ gửi cho người bạn muốn mời.
host-online = Trực tuyến · { $count }
host-accounts = { $count } người
host-camera = Cũng liên kết đó, cho máy ảnh
host-network = Mạng này
host-kept = Lưu trong
host-on-close = Khi đóng ứng dụng
host-on-close-stops = máy chủ dừng
host-outside = Người ngoài mạng này vào được khi bộ định tuyến của bạn chuyển cổng { $port } tới máy tính này.
host-port-taken = cổng { $port } trên máy tính này đang bận, mà các liên kết bạn đã gửi lại dùng cổng đó. Hãy đóng chương trình đang dùng nó, rồi khởi động lại.
host-weak-password = mật khẩu quá dễ đoán. Hãy chọn mật khẩu khác: { $rules }
