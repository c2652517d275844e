# The safety panel: the number, the devices, how it goes.

trust-verified = Verified
trust-not-compared = Not compared
trust-new-device = New device, not compared
trust-differs = The numbers differ
trust-blocked = Blocked

safety-title = Safety
safety-unknown = Nothing is known of their devices yet.
safety-number = Safety number
safety-none = There is no number to compare until both you and { $name } have a device.
safety-compared = Compared on { $day } at { $time }. { $name } sees the same 60 digits; if theirs differ, somebody is between you.
safety-changed = It changed on { $day }, when “{ $label }” was added. Read it to each other by voice, or in person, from both screens.
safety-how = Read it to { $name } by voice, or in person, from both screens. If both are the same, nobody is between you.
safety-differs = On { $day } the number was not the same on both sides: somebody may be between you. Send nothing private. Compare again with { $name } before you trust it.
safety-match = They match
safety-differ = They differ
safety-copy = Copy
safety-copied = The safety number is copied
safety-code = Show code
safety-digits = Show digits
safety-devices = Devices of { $name }
safety-no-device = { $name } has not used the app on a computer yet.
safety-goes = How it goes

device-since = Known since { $day }
device-new = New, { $since }
device-changed = Shows another key
device-ended = Ended
device-connected = { $what } · connected
device-tag-new = New
device-tag-changed = Changed

goes-now = Now
goes-otherwise = Otherwise
goes-away = When away
goes-at = { $way }, { $at }
goes-relay = by relay
goes-sealed = sealed, held by { $server }
goes-waits = { $count ->
    [0] sealed, nothing waits
    [one] sealed, 1 waits on { $server }
   *[other] sealed, { $count } wait on { $server }
}
goes-reaching = being dialled
goes-nowhere = no device
goes-dialled-what = Dialled
goes-dialled = { $last }, next in { $seconds } s
goes-kept = Kept until
goes-until = { $name } fetches it

menu-block = Block…
menu-unblock = Let in again
menu-forget-talk = Remove this talk here…
menu-leave-channel = Leave the channel…
confirm-block = Block { $who }?
confirm-block-about = Nothing they send from device to device comes in, and they do not see whether you are there. Rooms of the server are not changed.
confirm-block-yes = Block
confirm-forget-talk = Remove the talk with { $who }?
confirm-forget-talk-about = It goes from this computer. { $who } and your other devices keep theirs.
confirm-forget-talk-yes = Remove
confirm-leave-channel-about = What is here of it is removed from this computer. The others keep theirs, and you can come back.
confirm-differs = Do the numbers differ?
confirm-differs-about = Then somebody may be between you and { $who }. This talk is marked, until you compare again.
confirm-differs-yes = They differ
confirm-revoke = End “{ $label }”?
confirm-revoke-about = That device can talk with nobody any more, and whoever talks with you is told. This cannot be taken back.
confirm-revoke-yes = End it
