# Talks between devices, which no server keeps.

# How things go.
way-lan = direct · LAN
way-direct = direct
way-relay = by relay
way-held = sealed
way-tag-lan = LAN
way-took = { $way } · { $took }
way-reaching = reaching { $name }…
way-waits = waits for { $name }, sealed

# The address line, behind the name.
address-devices = { $count ->
    [one] 1 device · { $how } · only you two can read it
   *[other] { $count } devices · { $how } · only you two can read it
}
address-differs = { $count ->
    [one] 1 device · the safety number differs: somebody may read along
   *[other] { $count } devices · the safety number differs: somebody may read along
}
address-lan = direct, on the LAN
address-straight = direct
address-relay = by relay, which cannot read it
address-sealed = sealed, waits on { $server }
address-here = waits here until one of you two or { $server } is back
address-reaching = sealed if they are away
address-nowhere = no device to send to
address-channel = { $here } · kept on the members’ computers
cannot-send-blocked = You have blocked { $name }. Let them in again in the safety panel.

# How a talk begins, and what happens to it.
opening-direct = Only you and { $name } can read this. It is kept on your devices and on theirs, and on no server.
opening-channel = Whoever is in { $channel } can read this, and every user of { $server } may come in. It is kept on the members’ computers, and on no server.
notice-device = , “{ $label }” · { $time }
notice-new-device = { $name } has a new device
notice-new-device-own = You have a new device
notice-new-compare = , “{ $label }”, since { $time }. Compare the safety number before you send anything private.
notice-new-held-back = , “{ $label }”, since { $time }. Nothing goes to it until you compare the safety number, or accept it.
notice-key-changed = A device of { $name } shows another key
notice-key-changed-what = , “{ $label }”. Somebody may stand between you. Nothing goes to it; compare the safety number with { $name } before you accept it.
notice-revoked = { $name } ended a device
notice-revoked-own = You ended a device
notice-compared = You compared the safety number with { $name } · { $time }
notice-differs = The safety number with { $name } differs
notice-differs-what = : somebody may stand between you · { $time }
notice-forked = A device of { $name } wrote two different lines as one
notice-forked-what = : only the first is shown · { $time }
notice-away = { $name } is away.
notice-sealed = { " " }{ $count ->
    [one] What you send is sealed for their device and waits on { $server }, which cannot read it.
   *[other] What you send is sealed for their { $count } devices and waits on { $server }, which cannot read it.
}
notice-waits-here = { " " }What you send waits on this computer until they or { $server } are back.
notice-compare = Compare
notice-accept = Accept
notice-later = Not now
state-sealed = Sealed: it waits on { $server }, which cannot read it
state-delivered = Delivered · { $way }

# Peer channels.
channel-here = { $here } of { $all } here
channel-alone = alone
channel-what = Kept on the members’ computers
channel-empty-what = Whoever is away catches up later, from anybody who was there
channel-title = A peer channel
channel-about = It lives on its members’ computers, and on no server. Every user of { $server } who knows its name may come in.
channel-name = Name
channel-name-hint = Letters, digits, - and _. If others are in it already, you join them.
channel-placeholder = field-trip
channel-yes = Come in
channel-not-joined = Not in #{ $channel }: { $why }

# With whom.
person-title = Talk directly
person-who = With whom?
person-hint = A username, or choose below
person-yes = Talk
no-device-title = { $name } has no device yet
no-device-about = { $name } has not used the app on a computer yet, so there is nobody to talk with directly. You can talk in a private room kept by { $server }, which can read it.
no-device-yes = Private room on { $server }
talk-with-oneself = That is you. Choose somebody else.
talk-not-met = { $name } cannot be reached: { $why }
talk-not-known = Whether { $name } has a device, only { $server } can say. Try again when it is back.
slash-not-between-devices = { $word } is not for talks between devices. Begin with // to send it as a message.

# Files.
attach-channel = No files in { $channel }: files go to one person. Open a direct talk for it.
attach-remove = Do not send it
attach-no-file = { $name } is no file. Choose a file.
attach-not-read = { $name } cannot be read: { $why }
attach-not-pasted = The picture could not be kept: { $why }
peer-file-hashing = { $size } · being read
peer-file-offered = { $size } · { $name } has not said yes yet
peer-file-asks = { $size } · { $name } wants to send it
peer-file-waits = { $size } · waits for { $name }
peer-file-waits-at = { $part } · goes on when { $name } is back
peer-file-sealing = Sealing and uploading · { $part }
peer-file-sealing-at = Sealing and uploading · { $part } · { $speed }
peer-file-sealed = { $size } · sealed, waits on { $server }
peer-file-paused = Paused at { $percent }% of { $size }
peer-file-delivered = { $size } · Delivered
peer-file-there = { $size } · here
peer-file-declined = { $size } · { $name } declined it
peer-file-declined-own = { $size } · you declined it
peer-file-cancelled = { $size } · { $name } took it back
peer-file-cancelled-own = { $size } · taken back
peer-file-failed = Not sent: { $why }
peer-file-not-here = Not fetched: { $why }
peer-file-accept = Accept
peer-file-decline = Decline
peer-file-take-back = Take it back
save-file-title = Where to keep { $name }?
save-file-about = Name the file by its whole path.
save-file-hint = It goes into your downloads unless you say otherwise.
save-file-yes = Accept
save-file-failed = Not accepted: { $why }

# When something does not work.
peer-not-opened = Talks between devices do not work: { $why }
peer-not-open = talks between devices are not open yet. Try again in a moment.
peer-failed = Not done: { $why }
