# The sign-in screen.

sign-in-not-signed-in = Not signed in: { $why }
sign-in-not-made = No account was made: { $why }
sign-out-failed = Not signed out: { $why }
