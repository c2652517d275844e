# The main screen, around the regions.

frame-opening = Opening { $server }…
frame-no-room = You are in no room. Press + beside Rooms to find one.
