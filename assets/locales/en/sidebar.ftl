# The sidebar.

sidebar-this-computer = on this computer
sidebar-jump = Jump to…
sidebar-add-room = Create or browse rooms
sidebar-rooms = Rooms
sidebar-channels = Peer channels
sidebar-add-channel = A new peer channel
sidebar-direct = Direct
sidebar-add-direct = Talk with somebody directly
sidebar-no-direct = Choose a person in any room
sidebar-sealed = { $count } sealed
sidebar-offline = Offline
sidebar-settings = Settings
