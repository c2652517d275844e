# One room's talk: what was said, and what is being written.

# Days and times.
day =
    { $weekday ->
        [1] Monday
        [2] Tuesday
        [3] Wednesday
        [4] Thursday
        [5] Friday
        [6] Saturday
       *[7] Sunday
    } { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    }
day-of-year = { $day } { $year }
new-messages = New messages

# The ends of what is loaded.
older-loading = Older messages are on their way
older-offline = Older messages are on the server and show when it is back
older-failed = Older messages did not come.
newer-loading = Newer messages are on their way
newer-offline = Newer messages are on the server and show when it is back
newer-failed = Newer messages did not come.
load-again = Try again
room-start = This is where { $room } begins
room-empty = Nothing here yet
room-empty-what = Say hello
pill-new =
    { $count ->
        [one] { $count } new
       *[other] { $count } new
    }
pill-now = Back to now
pill-now-new = Back to now · { $count } new

# Happenings.
joined = joined · { $time }
joined-by = was brought in by { $by } · { $time }
left = left · { $time }
put-out = was put out by { $by } · { $time }
put-out-why = was put out by { $by }: { $why } · { $time }
topic-set = set the topic: { $topic } · { $time }
topic-removed = took the topic away · { $time }

# A message.
edited = (edited)
deleted = Deleted
show-all = Show all of it
quote-elsewhere = An earlier message
quote-deleted = A deleted message
state-waiting = On its way
state-sent = Sent: the server has kept it
state-failed = Not sent
not-sent = Not sent: { $why }
try-again = Try again
discard = Delete
react = React
reply = Reply
copy-text = Copy text
more = More
edit = Edit
delete = Delete…
delete-question = Delete this message for everybody?
delete-yes = Delete
delete-no = Keep
key-react = E
key-reply = R
key-edit = E
key-copy = Ctrl C
key-delete = Del
reacted =
    { $others ->
        [0] { $names }
        [one] { $names } and 1 other
       *[other] { $names } and { $others } others
    }
act-failed = Not done: { $why }
jump-nothing = That message is not here any more.
jump-failed = That message could not be shown: { $why }

# The composer.
address-room =
    { $people ->
        [one] 1 person · kept on { $server }, which can read it
       *[other] { $people } people · kept on { $server }, which can read it
    }
address-direct = kept on { $server }, which can read it
address-offline = waits here until { $server } is back
address-to = To
typing-one = { $a } is typing…
typing-two = { $a } and { $b } are typing…
typing-many = Several people are typing…
placeholder = Message { $room }
cannot-send = Only moderators can write in { $room }.
replying = Reply to { $name }
editing = Edit message
cancel = Cancel
emoji = Emoji
send = Send
save = Save
close = Close
send-too-long = Not sent: the text is { $over } bytes over the { $bound } this server takes. Make it shorter, or send it in parts.
key-enter = Enter
key-escape = Esc
# Slash commands: how each is written, and what it does.
slash-line = { $usage } · { $what }
slash-help = /help
slash-nick = /nick name
slash-join = /join room
slash-leave = /leave
slash-me = /me what you do
slash-msg = /msg person text
slash-topic = /topic text
slash-who = /who
slash-kick = /kick person why
slash-ban = /ban person why
slash-alert = /alert text
slash-quit = /quit
slash-help-what = Lists the commands
slash-nick-what = Changes your display name
slash-join-what = Goes into a room
slash-leave-what = Leaves this room
slash-me-what = Says what you do
slash-msg-what = Writes to somebody alone
slash-topic-what = Sets this room’s topic
slash-who-what = Says who is here
slash-kick-what = Puts somebody off the server
slash-ban-what = Keeps somebody out
slash-alert-what = Says something to everybody on the server
slash-quit-what = Closes the app
slash-unknown = There is no command { $word }. Type /help for those there are, or begin with // to send it as a message.
slash-not-allowed = { $word } is not for you here. Ask a moderator.
slash-missing = Something is missing. Write { $usage }
slash-no-username = “{ $text }” is no username. Usernames have a to z, 0 to 9, _ . - and at most 32 characters.
slash-no-room-name = “{ $text }” is no room name. Rooms have lower-case letters, digits, _ and - and at most 48 characters.
slash-no-display-name = “{ $text }” cannot be a name: at most 64 characters on one line.
slash-one-line = { $word } takes one line.
who =
    { $count ->
        [one] In #{ $room }: { $names }
       *[other] { $count } people in #{ $room }: { $names }
    }
who-more = In #{ $room }: { $names } and more
