# The settings.

settings-bad-name = This cannot be a display name. Use 1 to 64 characters, on one line.
settings-no-sessions = Your sessions cannot be listed: { $why }
settings-password-changed = The password is changed; your other sessions have ended
settings-password-not-changed = Not changed: { $why }
settings-profile-kept = Kept
settings-profile-not-kept = Not kept: { $why }
settings-session-ended = That session has ended
settings-session-not-ended = Not ended: { $why }
