# The server inside the app.

host-needs-name = Give your server a name first.
host-needs-username = Choose your username on it: small letters, digits, _ . and -, first a letter or digit.
host-needs-password = Choose the password for your account on it.
host-not-started = Not started: { $why }
host-no-invite = There is no new link: { $why }
host-stopped = The server has stopped
host-died = The server has stopped: { $why }
