# Jump to.

switcher-placeholder = Jump to…
switcher-choose = ↑ ↓ choose
switcher-search-all = Ctrl Enter search all messages
switcher-rooms = # rooms
switcher-people = @ people
switcher-commands = > commands
switcher-group-rooms = Rooms and talks
switcher-group-people = People
switcher-group-commands = Commands
switcher-nothing = Nothing for “{ $query }”
switcher-opens-talk = opens a direct talk
switcher-direct = direct
switcher-channel = peer channel · { $here }
switcher-unread = { $count } unread
switcher-mentions = { $count ->
    [one] { $count } mention
   *[other] { $count } mentions
}
