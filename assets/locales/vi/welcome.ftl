# Màn hình đầu tiên.

welcome-nothing-typed = Chưa có gì để kết nối. Hãy dán một liên kết, hoặc gõ một địa chỉ.
welcome-bad-link = Đây không phải là liên kết tới máy chủ: { $why }.
welcome-not-connected = Chưa kết nối được: { $why }
welcome-not-remembered = Chưa nhớ được khóa: { $why }. Hãy xem lại ổ đĩa, rồi kết nối lại.
welcome-not-forgotten = Chưa quên được: { $why }. Hãy xem lại ổ đĩa, rồi thử lại.
welcome-forgotten = Đã quên { $server }

welcome-theme-system = Màu nền: theo hệ thống. Chuyển sang sáng
welcome-theme-light = Màu nền: sáng. Chuyển sang tối
welcome-theme-dark = Màu nền: tối. Chuyển theo hệ thống
welcome-join = Vào một máy chủ
welcome-placeholder = Dán liên kết, hoặc gõ địa chỉ
welcome-connect = Kết nối
welcome-connecting = Đang kết nối…
welcome-hint = Liên kết như parlor://host:8888/?pin=… mang theo địa chỉ, khóa để tin và lời mời của bạn.
welcome-recent = Máy chủ gần đây
welcome-signed-in = { $address } · đăng nhập với tên { $who }
welcome-last-here = { $address } · lần cuối { $when }
welcome-more = Thêm
welcome-there = đã kết nối
welcome-silent = không trả lời
welcome-key-changed = khóa đã đổi, từ chối
welcome-signed-out = đã đăng xuất
