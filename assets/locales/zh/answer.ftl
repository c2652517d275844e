# 向服务器提出的请求有了什么结果。

answer-not-joined = 未能加入：{ $why }
answer-not-left = 未能离开：{ $why }
answer-left = 你已离开 #{ $room }
answer-no-direct = 未能打开与 { $who } 的房间：{ $why }
answer-not-done = 未完成：{ $why }

done-kicked = 已将 { $who } 踢出服务器
done-banned = 已封禁 { $who }
done-muted = 已禁言 { $who }
done-unmuted = { $who } 可以重新发言
done-ranked = { $who } 有了新角色
done-removed = 已将 { $who } 移出房间
done-added = { $who } 已在房间里
done-topic = 话题已设置
done-deleted = 房间 #{ $room } 已删除
done-notify = 已保存
done-alerted = 已通知所有人
