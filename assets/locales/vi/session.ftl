# Những gì tự xảy ra khi đang đăng nhập.

session-not-opened = Không mở được tài khoản này: { $why }
session-store-failed = Hiện tin nhắn không được lưu trên máy tính này: { $why }. Hãy dọn bớt ổ đĩa; tin nhắn sẽ được lấy lại ở lần mở sau.
session-room-deleted = Phòng #{ $room } đã bị xóa
session-alert = { $by } gửi mọi người: { $text }
send-not-kept = Chưa gửi: máy tính này không lưu được tin ({ $why }). Hãy dọn bớt ổ đĩa, rồi gửi lại.
send-not-discarded = Chưa rút lại được: { $why }. Hãy thử lại.
send-draft-not-kept = Bản nháp không được lưu trên máy tính này: { $why }. Hãy dọn bớt ổ đĩa.
