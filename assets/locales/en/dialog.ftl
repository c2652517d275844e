# Dialogs.

dialog-bad-room-name = This cannot be a room’s name. Use small letters of any script, digits, _ and -, 48 at most.
dialog-bad-username = This cannot be a username. Use small letters, digits, _ . and -.
dialog-key-copied = Key copied
dialog-link-copied = Link copied
dialog-no-invite = No invitation was made: { $why }
dialog-no-rooms = The rooms cannot be listed: { $why }
dialog-not-created = Not created: { $why }

dialog-cancel = Cancel
dialog-close = Close

# Trust on first use, and a key that has changed.
trust-title = Is this the right server?
trust-about = { $address } calls itself “{ $name }” and shows a key that this computer has not seen before. That is normal for a self-hosted server, once.
trust-how = Compare it with the key that the owner gave you, by phone or in person. Parlor remembers it and will accept no other for this address.
trust-copy = Copy key
trust-not-now = Not now
trust-yes = It matches, remember it
key-changed-title = The key has changed
key-changed-refused = Refused: the key of this server has changed. Ask its owner; if that is right, forget the server and use a new link.
key-changed-about = { $address } shows another key than the one that this computer remembers. Somebody may be in between, or its owner made a new key. Nothing was told to it.
key-changed-forget = Forget the server…

# Questions.
confirm-reason = Why? They are told.
confirm-kick = Kick { $who } from the server?
confirm-kick-about = All their sessions end at once. They may sign in again.
confirm-kick-yes = Kick
confirm-ban = Ban { $who }?
confirm-ban-about = All their sessions end at once, and they cannot come back until an admin lets them.
confirm-ban-yes = Ban
confirm-mute = Mute { $who }?
confirm-mute-about = They can read, but not write anywhere on this server, until they are let again.
confirm-mute-yes = Mute
confirm-rank = Make { $who } { $role }?
confirm-rank-yes = Give the role
confirm-remove = Remove { $who } from #{ $room }?
confirm-remove-about = They see no more of it until they come back or are brought in again.
confirm-remove-yes = Remove
confirm-leave = Leave #{ $room }?
confirm-leave-public = You can join it again whenever you like.
confirm-leave-private = You can come back only when somebody in it brings you in.
confirm-leave-yes = Leave
confirm-delete-room = Delete #{ $room }?
confirm-delete-room-about = The room and every message in it are gone for everybody. This cannot be undone.
confirm-delete-room-yes = Delete
confirm-end-session = Sign out “{ $label }”?
confirm-end-session-about = That session ends at once, wherever it is.
confirm-end-session-yes = Sign out
confirm-forget = Forget { $address }?
confirm-forget-about = Its key, your account there and every message kept on this computer are dropped, those not sent yet too. On the server nothing changes.
confirm-forget-yes = Forget
confirm-stop-hosting = Stop hosting?
confirm-stop-hosting-about = Everybody who is there is disconnected. Rooms, messages and accounts are kept, and there again when you host the next time.
confirm-stop-hosting-yes = Stop
confirm-quit = Close Parlor?
confirm-quit-yes = Close and stop
confirm-sign-out = Sign out on this computer?
confirm-sign-out-about = What was kept here of this account is dropped. On the server nothing is lost.
confirm-sign-out-waiting = { $count ->
    [one] A message waits
   *[other] { $count } messages wait
} to be sent and would be lost. Everything else is kept on the server.
confirm-sign-out-yes = Sign out

# A new room, and rooms to join.
create-title = Create a room
create-name = Name
create-placeholder = design
create-name-hint = Small letters of any script, digits, _ and -
create-who = Who may come in
create-public = Anybody
create-private = Only those brought in
create-public-hint = It is listed for everybody on this server.
create-private-hint = It does not exist for those who are not in it.
create-topic = Topic, if you like
create-yes = Create
browse-title = Rooms on this server
browse-placeholder = Find a room
browse-waits = Asking the server…
browse-nothing = No room fits. Create one?
browse-members = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
browse-members-topic = { $count ->
    [one] { $count } person
   *[other] { $count } people
} · { $topic }
browse-join = Join
browse-joined = You are in it

# An invite to the server, a person for a room, a topic.
invite-title = Invite people
invite-about = Whoever has the link can make an account on { $server }: send it only to those you mean.
invite-for = Good for
invite-people = { $count ->
    [one] 1 person
   *[other] { $count } people
}
invite-until = For
invite-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
invite-as = They come as
invite-make = Make the link
invite-link = The link
invite-copy = Copy link
add-title = Bring somebody into #{ $room }
add-who = Who
add-placeholder = Username or name
add-hint = They see everything that was ever written in this room.
add-yes = Bring in
topic-title = Topic of #{ $room }
topic-label = Topic
topic-hint = What the room is about, on one line; empty for none
topic-yes = Set
confirm-quit-transfers-about = { $count ->
    [one] One transfer is running. It goes on
   *[other] { $count } transfers are running. They go on
} at the next start.
confirm-quit-transfers-yes = Close
confirm-quit-transfers-no = Keep open
confirm-delete-file = Delete { $name }?
confirm-delete-file-about = It goes from its room and from the messages that show it, for everybody. This cannot be taken back.
confirm-delete-file-yes = Delete
