# 成员面板。

people-title = 成员
people-add = 拉人进来
people-close = 关闭
people-online = 在线 · { $count }
people-away = 离开 · { $count }
people-offline = 离线 · { $count }
people-here = 在 · { $count }
people-not-here = 不在 · { $count }
people-unknown = 离线时未知 · { $count }
people-more = 还有 { $count } 人

role-owner = 所有者
role-admin = 管理员
role-moderator = 协管员
role-member = 成员
role-guest = 访客
role-owner-means = 所有者在这里可以做任何事，对管理员也是；只有其他所有者能把他们移走。
role-admin-means = 管理员可以封禁、邀请、授予较低的角色并查看审计日志。
role-moderator-means = 协管员可以禁言和踢人、删除消息、通知所有人。
role-member-means = 成员可以发言，也可以创建自己的房间。
