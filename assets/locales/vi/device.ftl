# Trang của thiết bị này trong cài đặt.

settings-devices = Thiết bị
device-name = Tên của thiết bị này
device-name-hint = Người nói chuyện với bạn thấy tên này
device-name-kept = Đã lưu
device-bad-name = Đây không thể là tên thiết bị. Hãy dùng 1 đến { $most } ký tự, trên một dòng.
device-lan = Tìm người trong mạng nội bộ
device-lan-what = Máy này báo ở đó rằng nó là một thiết bị, không báo của ai
device-relay-only = Chỉ qua trạm chuyển
device-relay-only-what = Chậm hơn, nhưng không ai biết địa chỉ của máy này
device-keys = Khóa của thiết bị này
device-keys-keyring = Trong chùm khóa của hệ thống
device-keys-file = Trong một tệp chỉ bạn đọc được
device-opening = Đang mở…
device-vouched = Máy chủ xác nhận
device-not-vouched = Máy chủ chưa biết
device-tracker = Máy dò { $address }
device-tracker-reached = Tới được
device-tracker-not-reached = Không tới được
device-own = Các thiết bị của bạn
device-own-what = Điều gửi cho bạn tới từng thiết bị. Hãy bỏ thiết bị đã mất.
device-own-none = Chưa hỏi máy chủ.
device-this-one = Máy này
device-revoke = Bỏ…
