# The first screen.

welcome-nothing-typed = There is nothing to connect to yet. Paste a link, or type an address.
welcome-bad-link = This is no link to a server: { $why }.
welcome-not-connected = Not connected: { $why }
welcome-not-remembered = The key was not remembered: { $why }. Look at the disk, then connect again.
welcome-not-forgotten = Not forgotten: { $why }. Look at the disk, then try again.
welcome-forgotten = { $server } is forgotten
