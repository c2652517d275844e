# Why something is not so, and what to do. Each goes after "Not …: " or stands alone.

error-offline = there is no connection to the server. Try again when it is back.
error-lost = the connection broke before the answer came. Look whether it was done, then try again.
error-ended = the session is over. Sign in again.
error-too-long = it is longer than the server takes. Make it shorter.
error-unexpected = the server answered something that does not fit. Try again; if it stays, tell its owner.
error-store = this computer could not keep it ({ $why }). Make room on the disk, then try again.
error-bad-request = the server did not understand it ({ $said }). Check what was typed, or bring Parlor up to date.
error-bad-credentials = the name or the password is wrong. Check both; capitals count in the password.
error-username-taken = this username is or was somebody’s. Choose another.
error-bad-username = this cannot be a username. Use small letters, digits, _ . and -, first a letter or digit, 32 at most.
error-weak-password = the password is too easy to guess. Choose one that meets every rule below.
error-invite-required = one makes an account here by invitation. Ask the owner for a link.
error-bad-invite = the invitation is wrong, used up or expired. Ask for a new link.
error-registration-closed = nobody can make an account here now. Ask the owner.
error-guests-not-allowed = this server takes no guests. Sign in, or make an account.
error-already-online = this account is signed in elsewhere, and the server allows one session at a time. Sign out there first.
error-banned = you are banned from this server ({ $said }). Ask its owner.
error-muted = you are muted on this server for now. Try later, or ask a moderator.
error-no-such-room = there is no such room for you. Look at its name, or ask to be invited.
error-room-exists = a room of this name exists. Choose another name.
error-bad-room-name = this cannot be a room’s name. Use small letters of any script, digits, _ and -, 48 at most.
error-not-a-member = you are not in this room. Join it first.
error-no-such-user = there is no such person on this server. Look at the name.
error-no-such-message = this message is not there any more. Nothing needs to be done.
error-no-such-file = this file is not there any more. Ask whoever sent it.
error-text-too-long = the text is longer than the server takes. Make it shorter, or send it in parts.
error-forbidden = you may not do this here ({ $said }). Ask a moderator.
error-rate-limited = that was too much at once. Try again in { $seconds } s.
error-rate-limited-some = that was too much at once. Try again in a while.
error-slow-consumer = this computer read too slowly. It connects again by itself.
error-hold-full = too much waits for them already. Try again when they have been here.
error-storage-unavailable = the disk of the server is full or away, nothing was kept. Try again in a minute.
error-internal = the server made a mistake. Try again; if it stays, tell its owner.
error-unknown = the server refused it ({ $said }). Bring Parlor up to date, or ask the owner.

error-unknown-host = the name { $host } could not be found. Look at the address, and at your network.
error-unreachable = nothing answers at { $address }. Look at the address; the server may be off, or its port closed.
error-timed-out = { $address } did not answer in time. Look at your network, then try again.
error-broken = the connection to { $address } broke. Try again.
error-not-parlor = what answers at { $address } is no Parlor server. Look at the address and the port.
error-key-changed = the key of this server has changed. Ask its owner; if that is right, forget the server and use a new link.
error-unconfirmed = the key of this server was not compared yet. Connect again, and compare it.
error-other-protocol = the server speaks version { $theirs } of the protocol. Bring the older of the two up to date.
error-here = this computer could not keep it ({ $what }). Look at the disk and at who owns the folder.

# After "Offline: ".
offline-unknown-host = the server’s name cannot be found
offline-unreachable = nothing answers there
offline-timed-out = the server did not answer in time
offline-lost = the connection broke
offline-silent = the server gave no sign of life
offline-not-parlor = what answers there is no Parlor server

ended-signed-out = You signed out.
ended-kicked = { $by } put you off the server. You may sign in again.
ended-kicked-why = { $by } put you off the server: { $why }. You may sign in again.

# Why a text is no link to a server. Each goes into "… : { $why }."
link-empty = type the address of a server, such as chat.example.org or 192.0.2.7:8888
link-bad-host = “{ $host }” is no host name and no IP address
link-bad-port = “{ $port }” is no port; a port is a number from 1 to 65535
link-bad-brackets = an IPv6 address stands in brackets, as in [2001:db8::7]:8888
link-other-scheme = Parlor’s links begin with parlor://
link-bad-pin = its pin is damaged; copy the whole link again
link-path = a Parlor link has no path after its address
link-damaged = it is damaged at “{ $at }”; copy the whole of it again
link-too-long = it is too long to be one
