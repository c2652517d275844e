# Commands of the app, in "jump to".

command-light = Switch to the light theme
command-dark = Switch to the dark theme
command-settings = Open the settings
command-create-room = Create a room
command-channel = Come into a peer channel
command-browse-rooms = Browse the rooms
command-search = Search all messages
command-invite = Invite people to this server
command-servers = Go to all servers
