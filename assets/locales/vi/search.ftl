# Bảng tìm kiếm.

search-failed = Chưa tìm được: { $why }

search-title = Tìm kiếm
search-close = Đóng
search-placeholder = Tìm tin nhắn
search-found = Tìm thấy { $count }
search-found-more = { $count } và còn nữa
search-here = trong { $room }
search-everywhere = khắp nơi
search-where = Việc tìm trong phòng diễn ra trên { $server }. Trò chuyện trực tiếp và kênh ngang hàng chỉ được tìm trên máy này.
search-where-here = Cuộc trò chuyện này chỉ được tìm trên máy này.
search-here-found = { $count } kết quả ở đó
search-begin = Tìm tin nhắn
search-begin-how = Có thể bỏ dấu: “thiet ke” tìm ra “thiết kế”
search-waits = Đang tìm…
search-nothing = Không có gì cho “{ $query }”
search-nothing-how = Thử ít chữ hơn, hoặc tìm khắp nơi
search-more = Hiện tin cũ hơn
