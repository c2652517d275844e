# Những gì chỉ trang trò chuyện và trang tệp nói. Phần còn lại dùng lời của ứng dụng.

# Dung lượng.
web-bytes = { $amount } B
web-kilobytes = { $amount } KB
web-megabytes = { $amount } MB
web-gigabytes = { $amount } GB
web-terabytes = { $amount } TB
web-seconds = { $count } giây
web-minutes = { $count } phút
web-hours = { $count } giờ

# Khung trang.
web-needs-script = Trang trò chuyện cần JavaScript. Hãy cho phép nó ở trang này, hoặc dùng ứng dụng trên máy tính.
web-back = Về các phòng
web-skip = Đến ô soạn tin
web-talk = Cuộc trò chuyện
web-messages = Tin nhắn trong { $room }
web-opens-room = mở phòng hai người
web-link = Kết nối
web-connected = đã kết nối
web-now = Mới nhất
web-open = Mở
web-overview = Tổng quan
web-mention = Nhắc đến
web-panel-people = Mọi người
web-panel-search = Tìm kiếm
web-panel-transfers = Truyền tệp
web-desktop-only = Trò chuyện trực tiếp và kênh ngang hàng được mã hóa đầu cuối và nằm trong ứng dụng trên máy tính.
web-presence-unknown = không rõ khi ngoại tuyến

# Những gì trình đọc màn hình nghe.
web-spoken = { $name } { $time }: { $text }
web-spoken-offline = Ngoại tuyến. Trang tự kết nối lại.

# Tin nhắn.
web-copied = Đã sao chép
web-not-copied = Chưa sao chép: trình duyệt không cho phép. Hãy chọn văn bản rồi sao chép.
web-not-kept = Trình duyệt không giữ gì ở đây: tin nhắn chưa gửi sẽ mất khi đóng trang.
web-outbox-full = Chưa gửi: đã có 200 tin nhắn đang chờ. Hãy chờ có kết nối.
web-notice = { $name } trong { $room }
web-error-timed-out = máy chủ không trả lời kịp. Hãy thử lại.

# Tệp và lượt truyền.
web-files = Tệp
web-all-files = Mọi tệp
web-attach = Thêm tệp
web-download = Tải xuống { $name }
web-picture = { $name }, { $about }: xem lớn
web-drop = Thả để gửi { $count } tệp
web-transfers = Truyền tệp
web-running = { $count } đang chạy
web-up = { $count } tải lên · { $speed }/s
web-up-idle = { $count } lượt truyền
web-no-transfers = Không có gì đang truyền
web-no-transfers-how = Thả tệp vào cuộc trò chuyện, hoặc nhấn Ctrl+U
web-pause = Tạm dừng { $name }
web-resume = Tiếp tục { $name }
web-cancel = Hủy { $name }
web-take-away = Bỏ { $name } ra
web-choose-again = Chọn lại { $name }
web-upload-waiting = Đang chờ · { $size }
web-upload-part = { $part }%
web-upload-running = { $part }% · { $speed }/s · còn { $left }
web-upload-paused = Tạm dừng ở { $part }% của { $size }
web-upload-ready = Sẵn sàng · { $size }
web-upload-broken = Bị đứt. Sẽ tiếp tục khi máy chủ trả lời.
web-upload-again = Dừng ở { $done } trong { $size }. Hãy chọn lại tệp để tiếp tục.
web-upload-too-large = Chưa tải lên: { $name } lớn hơn mức { $most } mà máy chủ này nhận.
web-upload-forbidden = Chưa tải lên: bạn không được đưa tệp vào đây. Hãy vào phòng trước.
web-upload-refused = Chưa tải lên: máy chủ từ chối ({ $status }). Hãy thử lại, hoặc hỏi chủ máy chủ.
web-too-many-files = Một tin nhắn chứa { $count } tệp. Hãy gửi những tệp này trước.
web-file-stuck = { $name } chưa được tải lên. Hãy chọn lại, hoặc bỏ ra.
web-another-file = Đó không phải cùng tệp { $name }: cỡ hoặc ngày khác.

# Trang tệp.
web-files-find = Tìm tệp theo tên
web-files-kind = Loại
web-files-any = Mọi loại
web-files-pictures = Ảnh
web-files-documents = Tài liệu
web-files-archives = Tệp nén
web-files-sort = Thứ tự
web-files-newest = Mới nhất
web-files-name = Theo tên
web-files-largest = Lớn nhất
web-files-room = Phòng
web-files-all-rooms = Mọi phòng
web-files-upload = Tải lên
web-files-upload-to = Tải lên { $room }
web-files-column-name = Tên
web-files-column-from = Người gửi
web-files-column-size = Cỡ
web-files-column-when = Khi nào
web-files-none = Chưa có tệp nào
web-files-none-how = Thả tệp vào đây hoặc nhấn Ctrl+U
web-files-nothing = Không có gì cho “{ $query }”
web-files-nothing-how = Thử ít chữ hơn, hoặc mọi phòng
web-files-count = { $count } tệp · { $size } trên { $server }
web-files-count-some = { $count } tệp mới nhất · { $size } trên { $server }
web-files-drop-hint = Thả tệp vào bất cứ đâu trong cửa sổ này để tải lên
web-files-more = Hiện tệp cũ hơn
web-files-failed = Không liệt kê được các tệp: { $why }
web-files-delete = Xóa { $name }
web-files-delete-question = Xóa { $name } với mọi người?
web-files-delete-about = Tệp biến mất khỏi phòng và khỏi máy chủ. Việc này không hoàn tác được.
web-files-deleted = Đã xóa { $name }
web-files-uploaded = { $name } đã ở trong { $room }
web-files-show = Hiện trong phòng

# Thông báo.
web-notices-title = Thông báo
web-notices = Báo cho tôi trên máy tính này
web-notices-how = Theo cài đặt của từng phòng, khi trang đang mở và bạn nhìn nơi khác.
web-notices-denied = Trình duyệt cấm thông báo cho trang này. Hãy cho phép trong cài đặt của trang.

# Kết thúc phiên.
web-ended = Phiên này đã kết thúc: bạn đã đăng xuất ở nơi khác, hoặc phiên bị kết thúc. Những gì bạn viết mà chưa gửi được vẫn giữ trong trình duyệt này.
web-kicked = { $by } đã đuổi bạn khỏi máy chủ: { $why }
web-no-reason = không nêu lý do
web-signed-out = Bạn đã đăng xuất.
web-sign-out-question = Đăng xuất khỏi trình duyệt này?
web-sign-out-about = Bản nháp và vị trí lưu trong trình duyệt này sẽ bị bỏ. Trên máy chủ không mất gì.
