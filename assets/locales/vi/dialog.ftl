# Hộp thoại.

dialog-bad-room-name = Không dùng làm tên phòng được. Hãy dùng chữ thường của bất kỳ ngôn ngữ nào, chữ số, _ và -, tối đa 48 ký tự.
dialog-bad-username = Không dùng làm tên người dùng được. Hãy dùng chữ thường, chữ số, _ . và -.
dialog-key-copied = Đã sao chép khóa
dialog-link-copied = Đã sao chép liên kết
dialog-no-invite = Chưa tạo được lời mời: { $why }
dialog-no-rooms = Không liệt kê được các phòng: { $why }
dialog-not-created = Chưa tạo được: { $why }

dialog-cancel = Hủy
dialog-close = Đóng

# Tin khóa trong lần đầu, và khóa đã đổi.
trust-title = Đây có đúng là máy chủ bạn tìm?
trust-about = { $address } xưng là “{ $name }” và đưa ra một khóa mà máy tính này chưa từng thấy. Với máy chủ tự dựng, điều đó là bình thường, một lần duy nhất.
trust-how = Hãy so với khóa mà chủ máy chủ đã đưa cho bạn, qua điện thoại hoặc gặp trực tiếp. Parlor sẽ nhớ khóa này và không nhận khóa nào khác cho địa chỉ này.
trust-copy = Sao chép khóa
trust-not-now = Để sau
trust-yes = Khớp, hãy nhớ khóa này
key-changed-title = Khóa đã đổi
key-changed-refused = Đã từ chối: khóa của máy chủ này đã đổi. Hãy hỏi chủ máy chủ; nếu đúng vậy, hãy quên máy chủ này rồi dùng liên kết mới.
key-changed-about = { $address } đưa ra một khóa khác với khóa mà máy tính này đã nhớ. Có thể có người đứng chen giữa, hoặc chủ máy chủ đã tạo khóa mới. Chưa có gì được gửi tới đó.
key-changed-forget = Quên máy chủ…

# Câu hỏi.
confirm-reason = Vì sao? Người đó sẽ được biết.
confirm-kick = Đuổi { $who } khỏi máy chủ?
confirm-kick-about = Mọi phiên của người đó kết thúc ngay. Họ vẫn có thể đăng nhập lại.
confirm-kick-yes = Đuổi
confirm-ban = Cấm { $who }?
confirm-ban-about = Mọi phiên của người đó kết thúc ngay, và họ không quay lại được cho đến khi một quản trị viên cho phép.
confirm-ban-yes = Cấm
confirm-mute = Cấm { $who } viết?
confirm-mute-about = Người đó vẫn đọc được, nhưng không viết được ở đâu trên máy chủ này cho đến khi được phép trở lại.
confirm-mute-yes = Cấm viết
confirm-rank = Cho { $who } làm { $role }?
confirm-rank-yes = Trao vai trò
confirm-remove = Đưa { $who } ra khỏi #{ $room }?
confirm-remove-about = Người đó không thấy gì thêm của phòng cho đến khi vào lại hoặc được đưa vào lại.
confirm-remove-yes = Đưa ra
confirm-leave = Rời #{ $room }?
confirm-leave-public = Bạn có thể vào lại bất cứ lúc nào.
confirm-leave-private = Bạn chỉ vào lại được khi có người trong phòng đưa bạn vào.
confirm-leave-yes = Rời phòng
confirm-delete-room = Xóa #{ $room }?
confirm-delete-room-about = Phòng và mọi tin nhắn trong đó sẽ mất với tất cả mọi người. Việc này không hoàn tác được.
confirm-delete-room-yes = Xóa
confirm-end-session = Đăng xuất “{ $label }”?
confirm-end-session-about = Phiên đó kết thúc ngay, dù đang ở đâu.
confirm-end-session-yes = Đăng xuất
confirm-forget = Quên { $address }?
confirm-forget-about = Khóa của máy chủ, tài khoản của bạn ở đó và mọi tin nhắn lưu trên máy tính này sẽ bị bỏ, kể cả tin chưa gửi. Trên máy chủ không có gì thay đổi.
confirm-forget-yes = Quên
confirm-stop-hosting = Dừng máy chủ?
confirm-stop-hosting-about = Mọi người đang ở đó sẽ mất kết nối. Phòng, tin nhắn và tài khoản vẫn được giữ, và có lại khi bạn mở máy chủ lần sau.
confirm-stop-hosting-yes = Dừng
confirm-quit = Đóng Parlor?
confirm-quit-yes = Dừng và đóng
confirm-sign-out = Đăng xuất trên máy tính này?
confirm-sign-out-about = Những gì lưu ở đây của tài khoản này sẽ bị bỏ. Trên máy chủ không mất gì.
confirm-sign-out-waiting = { $count } tin nhắn đang chờ gửi và sẽ bị mất. Mọi thứ khác vẫn được giữ trên máy chủ.
confirm-sign-out-yes = Đăng xuất

# Phòng mới, và các phòng để vào.
create-title = Tạo phòng
create-name = Tên
create-placeholder = thiết-kế
create-name-hint = Chữ thường của bất kỳ ngôn ngữ nào, chữ số, _ và -
create-who = Ai được vào
create-public = Mọi người
create-private = Người được đưa vào
create-public-hint = Mọi người trên máy chủ này đều thấy phòng trong danh sách.
create-private-hint = Ai không ở trong phòng thì không biết là có phòng này.
create-topic = Chủ đề, nếu muốn
create-yes = Tạo
browse-title = Các phòng trên máy chủ này
browse-placeholder = Tìm phòng
browse-waits = Đang hỏi máy chủ…
browse-nothing = Không có phòng nào khớp. Tạo một phòng nhé?
browse-members = { $count } người
browse-members-topic = { $count } người · { $topic }
browse-join = Vào
browse-joined = Bạn ở trong phòng này

# Lời mời vào máy chủ, người cho một phòng, chủ đề.
invite-title = Mời người khác
invite-about = Ai có liên kết đều tạo được tài khoản trên { $server }: chỉ gửi cho người bạn muốn mời.
invite-for = Dùng được cho
invite-people = { $count } người
invite-until = Trong
invite-days = { $count } ngày
invite-as = Vai trò khi vào
invite-make = Tạo liên kết
invite-link = Liên kết
invite-copy = Sao chép liên kết
add-title = Đưa người vào #{ $room }
add-who = Ai
add-placeholder = Tên người dùng hoặc tên
add-hint = Người đó sẽ thấy mọi điều từng được viết trong phòng này.
add-yes = Đưa vào
topic-title = Chủ đề của #{ $room }
topic-label = Chủ đề
topic-hint = Phòng nói về điều gì, trên một dòng; để trống nếu không có
topic-yes = Đặt
confirm-quit-transfers-about = { $count } lượt truyền đang chạy. Chúng sẽ chạy tiếp ở lần mở sau.
confirm-quit-transfers-yes = Đóng
confirm-quit-transfers-no = Để mở
confirm-delete-file = Xóa { $name }?
confirm-delete-file-about = Tệp biến mất khỏi phòng và khỏi các tin nhắn có nó, với mọi người. Việc này không rút lại được.
confirm-delete-file-yes = Xóa
