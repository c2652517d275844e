# The people panel.

people-title = People
people-add = Bring somebody in
people-close = Close
people-online = Online · { $count }
people-away = Away · { $count }
people-offline = Offline · { $count }
people-here = Here · { $count }
people-not-here = Not here · { $count }
people-unknown = Not known while offline · { $count }
people-more = and { $count } more

role-owner = owner
role-admin = admin
role-moderator = moderator
role-member = member
role-guest = guest
role-owner-means = Owners may do everything here, to admins too, and cannot be put out by others but owners.
role-admin-means = Admins ban, invite, give lower ranks and read the audit log.
role-moderator-means = Moderators mute and kick people, delete messages and tell everybody something.
role-member-means = Members write, and make rooms of their own.
