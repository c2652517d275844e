# Dialogs.

dialog-bad-room-name = This cannot be a room’s name. Use small letters of any script, digits, _ and -, 48 at most.
dialog-bad-username = This cannot be a username. Use small letters, digits, _ . and -.
dialog-key-copied = Key copied
dialog-link-copied = Link copied
dialog-no-invite = No invitation was made: { $why }
dialog-no-rooms = The rooms cannot be listed: { $why }
dialog-not-created = Not created: { $why }
