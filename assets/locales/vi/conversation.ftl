# Cuộc trò chuyện của một phòng: điều đã nói, và điều đang viết.

# Ngày và giờ.
day =
    { $weekday ->
        [1] Thứ Hai
        [2] Thứ Ba
        [3] Thứ Tư
        [4] Thứ Năm
        [5] Thứ Sáu
        [6] Thứ Bảy
       *[7] Chủ Nhật
    }, { $day } tháng { $month }
day-of-year = { $day }, { $year }
new-messages = Tin nhắn mới

# Hai đầu của phần đã tải.
older-loading = Đang lấy tin nhắn cũ hơn
older-offline = Tin nhắn cũ hơn nằm trên máy chủ, sẽ hiện khi có kết nối lại
older-failed = Chưa lấy được tin nhắn cũ hơn.
newer-loading = Đang lấy tin nhắn mới hơn
newer-offline = Tin nhắn mới hơn nằm trên máy chủ, sẽ hiện khi có kết nối lại
newer-failed = Chưa lấy được tin nhắn mới hơn.
load-again = Thử lại
room-start = Đây là nơi { $room } bắt đầu
room-empty = Chưa có gì ở đây
room-empty-what = Chào một câu đi
pill-new = { $count } tin mới
pill-now = Về tin mới nhất
pill-now-new = Về tin mới nhất · { $count } tin mới

# Việc đã xảy ra.
joined = đã vào phòng · { $time }
joined-by = được { $by } đưa vào phòng · { $time }
left = đã rời phòng · { $time }
put-out = bị { $by } đưa ra khỏi phòng · { $time }
put-out-why = bị { $by } đưa ra khỏi phòng: { $why } · { $time }
topic-set = đặt chủ đề: { $topic } · { $time }
topic-removed = bỏ chủ đề · { $time }

# Một tin nhắn.
edited = (đã sửa)
deleted = Đã xóa
show-all = Hiện toàn bộ
quote-elsewhere = Một tin nhắn trước đó
quote-deleted = Một tin nhắn đã xóa
state-waiting = Đang gửi
state-sent = Đã gửi: máy chủ đã lưu
state-failed = Chưa gửi được
not-sent = Chưa gửi được: { $why }
try-again = Thử lại
discard = Xóa
react = Bày tỏ cảm xúc
reply = Trả lời
copy-text = Sao chép nội dung
more = Thêm
edit = Sửa
delete = Xóa…
delete-question = Xóa tin nhắn này với mọi người?
delete-yes = Xóa
delete-no = Giữ lại
key-react = E
key-reply = R
key-edit = E
key-copy = Ctrl C
key-delete = Del
reacted =
    { $others ->
        [0] { $names }
       *[other] { $names } và { $others } người khác
    }
act-failed = Chưa làm được: { $why }
jump-nothing = Tin nhắn đó không còn ở đây nữa.
jump-failed = Không hiện được tin nhắn đó: { $why }

# Ô soạn tin.
address-room = { $people } người · lưu trên { $server }, máy chủ đọc được
address-direct = lưu trên { $server }, máy chủ đọc được
address-offline = chờ ở đây đến khi { $server } hoạt động lại
address-to = Gửi tới
typing-one = { $a } đang viết…
typing-two = { $a } và { $b } đang viết…
typing-many = Nhiều người đang viết…
placeholder = Nhắn vào { $room }
cannot-send = Chỉ điều hành viên được viết trong { $room }.
replying = Trả lời { $name }
editing = Sửa tin nhắn
cancel = Hủy
emoji = Biểu tượng cảm xúc
send = Gửi
save = Lưu
close = Đóng
send-too-long = Chưa gửi: nội dung dài hơn { $over } byte so với mức { $bound } mà máy chủ này nhận. Hãy viết ngắn lại, hoặc gửi thành nhiều phần.
key-enter = Enter
key-escape = Esc
# Lệnh gạch chéo: cách viết, và việc nó làm.
slash-line = { $usage } · { $what }
slash-help = /help
slash-nick = /nick tên
slash-join = /join phòng
slash-leave = /leave
slash-me = /me việc bạn làm
slash-msg = /msg người nội dung
slash-topic = /topic nội dung
slash-who = /who
slash-kick = /kick người lý do
slash-ban = /ban người lý do
slash-alert = /alert nội dung
slash-quit = /quit
slash-help-what = Liệt kê các lệnh
slash-nick-what = Đổi tên hiển thị của bạn
slash-join-what = Vào một phòng
slash-leave-what = Rời phòng này
slash-me-what = Kể việc bạn đang làm
slash-msg-what = Nhắn riêng cho một người
slash-topic-what = Đặt chủ đề cho phòng này
slash-who-what = Cho biết ai đang ở đây
slash-kick-what = Đuổi một người khỏi máy chủ
slash-ban-what = Cấm một người quay lại
slash-alert-what = Thông báo cho mọi người trên máy chủ
slash-quit-what = Đóng ứng dụng
slash-unknown = Không có lệnh { $word }. Gõ /help để xem các lệnh, hoặc bắt đầu bằng // để gửi như một tin nhắn.
slash-not-allowed = Bạn không được dùng { $word } ở đây. Hãy nhờ một điều hành viên.
slash-missing = Còn thiếu gì đó. Hãy viết { $usage }
slash-no-username = “{ $text }” không phải là tên người dùng. Tên người dùng gồm a đến z, 0 đến 9, _ . - và dài tối đa 32 ký tự.
slash-no-room-name = “{ $text }” không phải là tên phòng. Tên phòng gồm chữ thường, chữ số, _ và -, dài tối đa 48 ký tự.
slash-no-display-name = “{ $text }” không dùng làm tên được: tối đa 64 ký tự, trên một dòng.
slash-one-line = { $word } chỉ nhận một dòng.
who =
    { $count ->
        [1] Trong #{ $room }: { $names }
       *[other] { $count } người trong #{ $room }: { $names }
    }
who-more = Trong #{ $room }: { $names } và những người khác
