# What happens by itself while one is signed in.

session-not-opened = This account cannot be opened: { $why }
session-store-failed = Messages are not kept on this computer just now: { $why }. Make room on the disk; they are fetched again at the next start.
session-room-deleted = The room #{ $room } was deleted
session-alert = { $by } to everybody: { $text }
send-not-kept = Not sent: this computer could not keep it ({ $why }). Make room on the disk, then send it again.
send-not-discarded = Not taken back: { $why }. Try again.
send-draft-not-kept = The draft is not kept on this computer: { $why }. Make room on the disk.
