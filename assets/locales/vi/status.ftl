# Thanh trạng thái. Lời về kết nối không bao giờ bị rút ngắn.

status-not-connected = Chưa kết nối
status-reaching = Đang kết nối tới { $address }…
status-answers = Có trả lời · { $ping }
status-runs = { $name } chạy parlord { $version }
status-kept-at-once = Thay đổi được lưu ngay
status-hosting = Đang mở { $name } · { $count } trực tuyến
status-key = Khóa đã nhớ
status-key-link = Khóa từ liên kết của bạn
status-key-roots = Hệ thống biết khóa này
status-connected = Đã kết nối · { $ping }
status-connected-plain = Đã kết nối
status-connected-here = Đã kết nối · máy tính này
status-connecting = Đang kết nối…
status-offline = Ngoại tuyến, thử lại sau { $seconds } giây
status-offline-now = Ngoại tuyến, đang thử lại
status-why = Ngoại tuyến: { $why }
status-try-now = Thử ngay
status-key-changed = Đã từ chối: khóa của máy chủ này đã đổi
status-try-again = Thử lại
status-signed-out = Máy chủ đã đăng xuất bạn
status-sign-in-again = Đăng nhập lại
status-waiting = { $state } · { $count } tin nhắn đang chờ
