# Tiêu đề cửa sổ, và điều được nói lúc mở và đóng.

title = Parlor
title-server = { $server } · Parlor
title-unread = ({ $count }) { $title }
start-no-display = không có màn hình để mở cửa sổ. Nếu không có màn hình, hãy chạy máy chủ: cargo run --release -p parlord (đã cài đặt: parlord).
start-preferences-not-kept = Chưa lưu được lựa chọn của bạn: ổ đĩa từ chối ({ $why }). Hãy dọn bớt ổ đĩa, rồi chọn lại.
open-failed = Chưa mở được: hệ thống không có gì để mở ({ $why }). Hãy sao chép liên kết vào trình duyệt của bạn.
