# The first screen.

welcome-nothing-typed = There is nothing to connect to yet. Paste a link, or type an address.
welcome-bad-link = This is no link to a server: { $why }.
welcome-not-connected = Not connected: { $why }
welcome-not-remembered = The key was not remembered: { $why }. Look at the disk, then connect again.
welcome-not-forgotten = Not forgotten: { $why }. Look at the disk, then try again.
welcome-forgotten = { $server } is forgotten

welcome-theme-system = Theme: as the system. Switch to light
welcome-theme-light = Theme: light. Switch to dark
welcome-theme-dark = Theme: dark. Switch to the system’s
welcome-join = Join a server
welcome-placeholder = Paste a link, or type an address
welcome-connect = Connect
welcome-connecting = Connecting…
welcome-hint = A link such as parlor://host:8888/?pin=… carries the address, the key to trust and your invitation.
welcome-recent = Recent servers
welcome-signed-in = { $address } · signed in as { $who }
welcome-last-here = { $address } · last here on { $when }
welcome-more = More
welcome-there = connected
welcome-silent = does not answer
welcome-key-changed = key changed, refused
welcome-signed-out = signed out
