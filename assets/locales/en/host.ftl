# The server inside the app.

host-needs-name = Give your server a name first.
host-needs-username = Choose your username on it: small letters, digits, _ . and -, first a letter or digit.
host-needs-password = Choose the password for your account on it.
host-not-started = Not started: { $why }
host-no-invite = There is no new link: { $why }
host-stopped = The server has stopped
host-died = The server has stopped: { $why }

# The card on the first screen.
host-title = Host on this computer
host-about = Your own server, inside this app. It runs while Parlor is open; people join with a link.
host-runs = { $name } is running.
host-open-page = Show its page
host-name = Name
host-name-placeholder = Our parlor
host-who = Who may join
host-invited = Invited
host-anyone = Anyone with the link
host-username = Your username there
host-password = Your password there
host-password-hint = You own the server; keep this password.
host-start = Start hosting
host-starting = Starting…
host-stopping = Stopping…
host-where = Port 8888 · kept in { $folder }

# The page.
host-off = The server is off.
host-back = Back to the rooms
host-since = Running since { $time }
host-hosting = Hosting { $name }
host-stop = Stop hosting
host-link-waits = The link comes in a moment…
host-invite = Invite people with this link
host-open-about = Whoever has the link can make an account: send it only to those you mean.
host-good-for = Good for
host-for-days = for 7 days
host-new-link = New link
host-invite-about = Whoever has the link can make an account until then: send it only to those you mean.
host-online = Online · { $count }
host-accounts = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
host-camera = The same link, for a camera
host-network = This network
host-kept = Kept in
host-on-close = When the app closes
host-on-close-stops = server stops
host-outside = People outside this network can join once your router sends port { $port } to this computer.
host-port-taken = port { $port } is in use on this computer, and the links that you gave away name it. Close what uses it, then start again.
host-weak-password = the password is too easy to guess. Choose another: { $rules }
