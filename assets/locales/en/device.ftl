# The page of this device in the settings.

settings-devices = Devices
device-name = What this device is called
device-name-hint = Those whom you talk with see it
device-name-kept = Kept
device-bad-name = This cannot be a device’s name. Use 1 to { $most } characters, on one line.
device-lan = Find people on the local network
device-lan-what = This computer says there that it is a device, and not whose
device-relay-only = Only by relays
device-relay-only-what = Slower, but nobody you talk with learns this computer’s address
device-keys = This device’s keys
device-keys-keyring = In the system’s keyring
device-keys-file = In a file that only you can read
device-opening = Opening…
device-vouched = The server vouches for it
device-not-vouched = Not known to the server yet
device-tracker = Tracker { $address }
device-tracker-reached = Reached
device-tracker-not-reached = Not reached
device-own = Your devices
device-own-what = What is sent to you goes to each of them. End one that you have lost.
device-own-none = The server was not asked yet.
device-this-one = This one
device-revoke = End…
