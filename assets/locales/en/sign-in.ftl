# The sign-in screen.

sign-in-not-signed-in = Not signed in: { $why }
sign-in-not-made = No account was made: { $why }
sign-out-failed = Not signed out: { $why }

sign-in-all-servers = All servers
sign-in-key-link = Encrypted, key from your link
sign-in-key-remembered = Encrypted, key remembered
sign-in-key-roots = Encrypted, known to this system
sign-in-register-open = Anybody may make an account
sign-in-register-invite = New accounts by invitation
sign-in-register-closed = No new accounts
sign-in-guests = Guests are welcome
sign-in-no-guests = No guests
sign-in-kept = What you write in rooms is kept by this server, and its owner can read it.
sign-in-tab = Sign in
sign-in-tab-new = New account
sign-in-tab-guest = Guest
sign-in-submit = Sign in
sign-in-submit-new = Create account
sign-in-submit-guest = Come in as a guest
sign-in-waits = One moment…
sign-in-username = Username
sign-in-username-hint = Small letters, digits, _ . - · it cannot be changed later
sign-in-name = Display name
sign-in-name-hint = Any script: Nguyễn, 陈雨桐, Lefèvre
sign-in-password = Password
sign-in-invite = Invitation
sign-in-invite-from-link = From your link
sign-in-invite-hint = The code that the owner gave you
