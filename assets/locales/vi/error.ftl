# Vì sao không được, và nên làm gì. Mỗi câu đứng sau “Chưa …: ” hoặc đứng một mình.

error-offline = không có kết nối tới máy chủ. Hãy thử lại khi có kết nối.
error-lost = kết nối bị đứt trước khi có câu trả lời. Hãy xem việc đã xong chưa, rồi thử lại.
error-ended = phiên đã kết thúc. Hãy đăng nhập lại.
error-too-long = dài hơn mức máy chủ nhận. Hãy viết ngắn lại.
error-unexpected = máy chủ trả lời không khớp với câu hỏi. Hãy thử lại; nếu vẫn vậy, hãy báo cho chủ máy chủ.
error-store = máy tính này không lưu được ({ $why }). Hãy dọn bớt ổ đĩa, rồi thử lại.
error-bad-request = máy chủ không hiểu yêu cầu ({ $said }). Hãy kiểm tra điều đã gõ, hoặc cập nhật Parlor.
error-bad-credentials = tên hoặc mật khẩu không đúng. Hãy kiểm tra cả hai; mật khẩu phân biệt chữ hoa và chữ thường.
error-username-taken = tên người dùng này đang có hoặc từng có người dùng. Hãy chọn tên khác.
error-bad-username = không dùng làm tên người dùng được. Hãy dùng chữ thường, chữ số, _ . và -, bắt đầu bằng chữ hoặc số, tối đa 32 ký tự.
error-weak-password = mật khẩu quá dễ đoán. Hãy chọn mật khẩu đáp ứng mọi quy tắc bên dưới.
error-invite-required = ở đây phải được mời mới tạo được tài khoản. Hãy xin chủ máy chủ một liên kết.
error-bad-invite = lời mời không đúng, đã dùng hết hoặc hết hạn. Hãy xin liên kết mới.
error-registration-closed = hiện không ai tạo được tài khoản ở đây. Hãy hỏi chủ máy chủ.
error-guests-not-allowed = máy chủ này không nhận khách. Hãy đăng nhập, hoặc tạo tài khoản.
error-already-online = tài khoản này đang đăng nhập ở nơi khác, và máy chủ chỉ cho một phiên mỗi lúc. Hãy đăng xuất ở đó trước.
error-banned = bạn bị cấm khỏi máy chủ này ({ $said }). Hãy hỏi chủ máy chủ.
error-muted = hiện bạn không được viết trên máy chủ này. Hãy thử lại sau, hoặc hỏi một điều hành viên.
error-no-such-room = với bạn thì không có phòng nào như vậy. Hãy xem lại tên phòng, hoặc nhờ người mời vào.
error-room-exists = đã có phòng mang tên này. Hãy chọn tên khác.
error-bad-room-name = không dùng làm tên phòng được. Hãy dùng chữ thường của bất kỳ ngôn ngữ nào, chữ số, _ và -, tối đa 48 ký tự.
error-not-a-member = bạn không ở trong phòng này. Hãy vào phòng trước.
error-no-such-user = không có ai như vậy trên máy chủ này. Hãy xem lại tên.
error-no-such-message = tin nhắn này không còn nữa. Bạn không cần làm gì.
error-no-such-file = tệp này không còn nữa. Hãy hỏi người đã gửi.
error-text-too-long = nội dung dài hơn mức máy chủ nhận. Hãy viết ngắn lại, hoặc gửi thành nhiều phần.
error-forbidden = bạn không được làm việc này ở đây ({ $said }). Hãy nhờ một điều hành viên.
error-rate-limited = quá nhiều yêu cầu cùng lúc. Hãy thử lại sau { $seconds } giây.
error-rate-limited-some = quá nhiều yêu cầu cùng lúc. Hãy thử lại sau ít lâu.
error-slow-consumer = máy tính này đọc quá chậm. Nó sẽ tự kết nối lại.
error-hold-full = đã có quá nhiều thứ đang chờ người đó. Hãy thử lại sau khi họ ghé qua.
error-storage-unavailable = ổ đĩa của máy chủ đã đầy hoặc không dùng được, chưa có gì được lưu. Hãy thử lại sau một phút.
error-internal = máy chủ gặp lỗi. Hãy thử lại; nếu vẫn vậy, hãy báo cho chủ máy chủ.
error-unknown = máy chủ từ chối ({ $said }). Hãy cập nhật Parlor, hoặc hỏi chủ máy chủ.

error-unknown-host = không tìm thấy tên { $host }. Hãy xem lại địa chỉ và mạng của bạn.
error-unreachable = không có gì trả lời ở { $address }. Hãy xem lại địa chỉ; có thể máy chủ đang tắt, hoặc cổng của nó bị đóng.
error-timed-out = { $address } không trả lời kịp. Hãy xem lại mạng của bạn, rồi thử lại.
error-broken = kết nối tới { $address } bị đứt. Hãy thử lại.
error-not-parlor = nơi trả lời ở { $address } không phải là máy chủ Parlor. Hãy xem lại địa chỉ và cổng.
error-key-changed = khóa của máy chủ này đã đổi. Hãy hỏi chủ máy chủ; nếu đúng vậy, hãy quên máy chủ này rồi dùng liên kết mới.
error-unconfirmed = khóa của máy chủ này chưa được so. Hãy kết nối lại, rồi so khóa.
error-other-protocol = máy chủ dùng phiên bản { $theirs } của giao thức. Hãy cập nhật bên cũ hơn.
error-here = máy tính này không lưu được ({ $what }). Hãy xem lại ổ đĩa và quyền của thư mục.

# Đứng sau “Ngoại tuyến: ”.
offline-unknown-host = không tìm thấy tên của máy chủ
offline-unreachable = ở đó không có gì trả lời
offline-timed-out = máy chủ không trả lời kịp
offline-lost = kết nối bị đứt
offline-silent = máy chủ không có tín hiệu gì
offline-not-parlor = nơi trả lời không phải là máy chủ Parlor

ended-signed-out = Bạn đã đăng xuất.
ended-kicked = { $by } đã đuổi bạn khỏi máy chủ. Bạn có thể đăng nhập lại.
ended-kicked-why = { $by } đã đuổi bạn khỏi máy chủ: { $why }. Bạn có thể đăng nhập lại.

# Vì sao một văn bản không phải là liên kết tới máy chủ. Mỗi câu đứng trong “… : { $why }.”
link-empty = hãy gõ địa chỉ của một máy chủ, như chat.example.org hoặc 192.0.2.7:8888
link-bad-host = “{ $host }” không phải là tên máy hay địa chỉ IP
link-bad-port = “{ $port }” không phải là cổng; cổng là một số từ 1 đến 65535
link-bad-brackets = địa chỉ IPv6 đứng trong ngoặc vuông, như [2001:db8::7]:8888
link-other-scheme = liên kết của Parlor bắt đầu bằng parlor://
link-bad-pin = dấu khóa trong đó bị hỏng; hãy sao chép lại cả liên kết
link-path = liên kết của Parlor không có đường dẫn sau địa chỉ
link-damaged = liên kết bị hỏng ở “{ $at }”; hãy sao chép lại toàn bộ
link-too-long = quá dài để là một liên kết
