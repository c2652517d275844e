# What only the chat and files pages say. The rest they say in the app's words.

# Amounts.
web-bytes = { $amount } B
web-kilobytes = { $amount } KB
web-megabytes = { $amount } MB
web-gigabytes = { $amount } GB
web-terabytes = { $amount } TB
web-seconds = { $count } s
web-minutes = { $count } min
web-hours = { $count } h

# The frame.
web-needs-script = The chat needs JavaScript. Allow it for this site, or use the desktop app.
web-back = Back to the rooms
web-skip = To the composer
web-talk = The talk
web-messages = Messages in { $room }
web-opens-room = opens a room of two
web-link = Connection
web-connected = connected
web-now = Now
web-open = Open
web-overview = Overview
web-mention = Mention
web-panel-people = People
web-panel-search = Search
web-panel-transfers = Transfers
web-desktop-only = Direct talk and peer channels are end-to-end encrypted and live in the desktop app.
web-presence-unknown = not known while offline

# What a screen reader hears.
web-spoken = { $name } { $time }: { $text }
web-spoken-offline = Offline. It connects again by itself.

# Messages.
web-copied = Copied
web-not-copied = Not copied: the browser does not allow it. Select the text and copy it.
web-not-kept = The browser keeps nothing here: a message that is not sent yet is lost when the page is closed.
web-outbox-full = Not sent: 200 messages wait already. Wait for the connection.
web-notice = { $name } in { $room }
web-error-timed-out = the server did not answer in time. Try again.

# Files and transfers.
web-files = Files
web-all-files = All files
web-attach = Add a file
web-download = Download { $name }
web-picture = { $name }, { $about }: show it large
web-drop =
    { $count ->
        [one] Drop to send a file
       *[other] Drop to send { $count } files
    }
web-transfers = Transfers
web-running = { $count } running
web-up = { $count } up · { $speed }/s
web-up-idle =
    { $count ->
        [one] { $count } transfer
       *[other] { $count } transfers
    }
web-no-transfers = Nothing is on its way
web-no-transfers-how = Drop a file into the talk, or press Ctrl+U
web-pause = Pause { $name }
web-resume = Go on with { $name }
web-cancel = Cancel { $name }
web-take-away = Take { $name } away
web-choose-again = Choose { $name } again
web-upload-waiting = Waits · { $size }
web-upload-part = { $part }%
web-upload-running = { $part }% · { $speed }/s · { $left } left
web-upload-paused = Paused at { $part }% of { $size }
web-upload-ready = Ready · { $size }
web-upload-broken = Broke off. It goes on when the server answers.
web-upload-again = Stopped at { $done } of { $size }. Choose the file again to go on.
web-upload-too-large = Not uploaded: { $name } is over the { $most } this server takes.
web-upload-forbidden = Not uploaded: you may not put files here. Join the room first.
web-upload-refused = Not uploaded: the server refused it ({ $status }). Try again, or ask its owner.
web-too-many-files = A message takes { $count } files. Send these first.
web-file-stuck = { $name } is not uploaded. Choose it again, or take it away.
web-another-file = That is not the same { $name }: its size or date differs.

# The files page.
web-files-find = Find a file by name
web-files-kind = Kind
web-files-any = Any kind
web-files-pictures = Pictures
web-files-documents = Documents
web-files-archives = Archives
web-files-sort = Order
web-files-newest = Newest
web-files-name = By name
web-files-largest = Largest
web-files-room = Room
web-files-all-rooms = All rooms
web-files-upload = Upload
web-files-upload-to = Upload to { $room }
web-files-column-name = Name
web-files-column-from = From
web-files-column-size = Size
web-files-column-when = When
web-files-none = No files yet
web-files-none-how = Drop one here or press Ctrl+U
web-files-nothing = Nothing for “{ $query }”
web-files-nothing-how = Try fewer letters, or all rooms
web-files-count =
    { $count ->
        [one] { $count } file · { $size } on { $server }
       *[other] { $count } files · { $size } on { $server }
    }
web-files-count-some = The newest { $count } files · { $size } on { $server }
web-files-drop-hint = Drop a file anywhere in this window to upload it
web-files-more = Show older ones
web-files-failed = The files cannot be listed: { $why }
web-files-delete = Delete { $name }
web-files-delete-question = Delete { $name } for everybody?
web-files-delete-about = It is gone from the room and from the server. This cannot be undone.
web-files-deleted = { $name } is deleted
web-files-uploaded = { $name } is in { $room }
web-files-show = Show in the room

# Notifications.
web-notices-title = Notifications
web-notices = Notify me on this computer
web-notices-how = For what the rooms are set to, while the page is open and you look elsewhere.
web-notices-denied = The browser forbids them for this page. Allow them in its settings for this site.

# The end of a session.
web-ended = This session has ended: you signed out elsewhere, or it was ended. What you wrote and could not send is kept in this browser.
web-kicked = { $by } put you off the server: { $why }
web-no-reason = no reason was given
web-signed-out = You signed out.
web-sign-out-question = Sign out of this browser?
web-sign-out-about = Drafts and places kept in this browser are dropped. On the server nothing is lost.
