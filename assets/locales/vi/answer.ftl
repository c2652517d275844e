# Kết quả của những gì đã yêu cầu máy chủ.

answer-not-joined = Chưa vào được phòng: { $why }
answer-not-left = Chưa rời được phòng: { $why }
answer-left = Bạn đã rời #{ $room }
answer-no-direct = Không mở được phòng với { $who }: { $why }
answer-not-done = Chưa làm được: { $why }

done-kicked = Đã đuổi { $who } khỏi máy chủ
done-banned = Đã cấm { $who }
done-muted = { $who } không viết được nữa
done-unmuted = { $who } được viết trở lại
done-ranked = { $who } có vai trò mới
done-removed = Đã đưa { $who } ra khỏi phòng
done-added = { $who } đã ở trong phòng
done-topic = Đã đặt chủ đề
done-deleted = Đã xóa phòng #{ $room }
done-notify = Đã lưu
done-alerted = Mọi người đã nhận được
