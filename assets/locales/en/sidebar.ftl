# The sidebar.

sidebar-this-computer = on this computer
sidebar-jump = Jump to…
sidebar-add-room = Create or browse rooms
sidebar-rooms = Rooms
sidebar-offline = Offline
sidebar-settings = Settings
