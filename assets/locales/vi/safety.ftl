# Bảng an toàn: mã, thiết bị, đường đi.

trust-verified = Đã xác minh
trust-not-compared = Chưa so
trust-new-device = Thiết bị mới, chưa so
trust-differs = Mã khác nhau
trust-blocked = Đã chặn

safety-title = An toàn
safety-unknown = Chưa biết gì về thiết bị của người ấy.
safety-number = Mã an toàn
safety-none = Chưa có mã để so cho đến khi cả bạn và { $name } đều có thiết bị.
safety-compared = Đã so ngày { $day } lúc { $time }. { $name } thấy cùng 60 chữ số; nếu khác, có người đứng giữa hai bạn.
safety-changed = Mã đổi ngày { $day }, khi “{ $label }” được thêm. Hãy đọc cho nhau nghe bằng giọng nói, hoặc gặp mặt, từ cả hai màn hình.
safety-how = Hãy đọc cho { $name } nghe bằng giọng nói, hoặc gặp mặt, từ cả hai màn hình. Nếu giống nhau, không có ai đứng giữa hai bạn.
safety-differs = Ngày { $day } mã ở hai bên không giống nhau: có thể có người đứng giữa hai bạn. Đừng gửi điều riêng tư. Hãy so lại với { $name } trước khi tin.
safety-match = Giống nhau
safety-differ = Khác nhau
safety-copy = Sao chép
safety-copied = Đã sao chép mã an toàn
safety-code = Hiện mã QR
safety-digits = Hiện chữ số
safety-devices = Thiết bị của { $name }
safety-no-device = { $name } chưa dùng ứng dụng trên máy tính nào.
safety-goes = Đường đi

device-since = Biết từ { $day }
device-new = Mới, { $since }
device-changed = Cho thấy khóa khác
device-ended = Đã bỏ
device-connected = { $what } · đang kết nối
device-tag-new = Mới
device-tag-changed = Đã đổi

goes-now = Bây giờ
goes-otherwise = Nếu không
goes-away = Khi vắng
goes-at = { $way }: { $at }
goes-relay = qua trạm chuyển
goes-sealed = niêm phong, { $server } giữ
goes-waits = { $count ->
    [0] niêm phong, không có gì chờ
   *[other] niêm phong, { $count } chờ trên { $server }
}
goes-reaching = đang gọi
goes-nowhere = không có thiết bị
goes-dialled-what = Đã gọi
goes-dialled = { $last }, lần tới sau { $seconds } giây
goes-kept = Giữ đến khi
goes-until = { $name } lấy về

menu-block = Chặn…
menu-unblock = Bỏ chặn
menu-forget-talk = Xóa cuộc trò chuyện ở đây…
menu-leave-channel = Rời kênh…
confirm-block = Chặn { $who }?
confirm-block-about = Không gì người ấy gửi từ thiết bị tới thiết bị được vào, và người ấy không thấy bạn có mặt hay không. Phòng trên máy chủ không đổi.
confirm-block-yes = Chặn
confirm-forget-talk = Xóa cuộc trò chuyện với { $who }?
confirm-forget-talk-about = Nó mất khỏi máy này. { $who } và các thiết bị khác của bạn vẫn giữ.
confirm-forget-talk-yes = Xóa
confirm-leave-channel-about = Phần của kênh trên máy này bị xóa. Người khác vẫn giữ, và bạn có thể trở lại.
confirm-differs = Mã khác nhau?
confirm-differs-about = Khi đó có thể có người đứng giữa bạn và { $who }. Cuộc trò chuyện được đánh dấu cho đến khi bạn so lại.
confirm-differs-yes = Khác nhau
confirm-revoke = Bỏ “{ $label }”?
confirm-revoke-about = Thiết bị ấy không nói chuyện được với ai nữa, và những ai nói chuyện với bạn được báo. Việc này không hoàn lại được.
confirm-revoke-yes = Bỏ
