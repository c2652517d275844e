# The web pages that the server writes.

web-foot = { $server } runs on Parlor. What you write in rooms is kept by this server, and its owner can read it.
web-nav = Pages
web-nav-chat = Chat
web-nav-files = Files
web-sign-out = Sign out
web-composer = Message

web-username = Username
web-username-hint = Small letters, digits, _ . - · it cannot be changed later
web-name = Display name
web-name-hint = Any script: Nguyễn, 陈雨桐, Lefèvre
web-password = Password
web-invite = Invitation

web-login-title = Sign in
web-login-submit = Sign in
web-login-open = New here?
web-login-new = Do you have an invitation?
web-login-join = Make an account

web-join-title = Come in
web-join-heading = You are invited to { $server }
web-join-about = Parlor is where a small group talks and shares files, on a server of its own.
web-join-app = With the desktop app
web-join-app-about = The app also talks directly from computer to computer, sealed for the people in the talk. The link below tells it this server’s key, so that nobody can stand in between.
web-join-app-open = Open in Parlor
web-join-app-link = Or copy this link into the app:
web-join-browser = In this browser
web-join-submit = Create account
web-join-closed = Nobody can register here. Ask who runs the server for an account.
web-join-has-account = You have an account?

web-role-owner = Owner
web-role-admin = Admin
web-role-moderator = Moderator
web-role-member = Member
web-role-guest = Guest
web-presence-online = online
web-presence-away = away
web-presence-offline = offline

web-home-title = Home
web-home-rooms = Rooms
web-home-other-rooms = Rooms to join
web-home-unread = { $count } new
web-home-members = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
web-home-people = People · { $count } online
web-home-more-people = There are more people. The chat lists them all.
web-home-files = Files
web-home-files-none-how = Attach one to a message in the chat, or upload one on the files page.
web-home-all-files = All files
web-home-sessions = Your sessions and devices
web-home-sessions-about = Wherever you are signed in. Sign out what you do not know, and change your password.
web-home-session-unnamed = Unnamed
web-home-session-current = this browser
web-home-session-created = since
web-home-session-seen = last seen
web-home-session-end = Sign out { $label }

web-reason-bad-credentials = The username or the password is wrong. Check both; capitals count in the password.
web-reason-rate-limited = That was too much at once. Try again in { $seconds } s.
web-reason-username-taken = This username is, or was, somebody’s. Choose another.
web-reason-weak-password = This password is too weak. Choose one that keeps the rules.
web-reason-invite-required = One needs an invite here. Ask somebody who runs the server for a link.
web-reason-bad-invite = This invite is wrong, used up, or expired. Ask for a new one.
web-reason-registration-closed = Nobody can register here. Ask who runs the server for an account.
web-reason-already-online = You are signed in elsewhere, and this server allows one session. End that one first.
web-reason-storage-unavailable = The server cannot store anything now. Nothing was kept; try again later.

web-error-home = Go to the start
web-error-400 = This was not understood
web-error-400-next = Go back, and try it another way.
web-error-401 = You are not signed in
web-error-401-next = Sign in, and you are led back to where you wanted to go.
web-error-403 = This is not allowed
web-error-403-next = If you think that it should be, ask who runs this server.
web-error-404 = There is nothing here
web-error-404-next = Check the address, or start from the first page.
web-error-405 = This page does not work that way
web-error-405-next = Start from the first page.
web-error-413 = That is too much
web-error-413-next = Send less at once.
web-error-429 = Too much at once
web-error-429-next = Wait a moment, and try again.
web-error-500 = The server failed
web-error-500-next = Try again in a moment. If it happens again, tell who runs this server.
