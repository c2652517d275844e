# The status bar. The words about the connection are never shortened.

status-not-connected = Not connected
status-reaching = Connecting to { $address }…
status-answers = Answers · { $ping }
status-runs = { $name } runs parlord { $version }
status-kept-at-once = Changes are kept at once
status-hosting = Hosting { $name } · { $count } online
status-key = Key remembered
status-key-link = Key from your link
status-key-roots = Key known to this system
status-connected = Connected · { $ping }
status-connected-plain = Connected
status-connected-here = Connected · this computer
status-connecting = Connecting…
status-offline = Offline, trying again in { $seconds } s
status-offline-now = Offline, trying again now
status-why = Offline: { $why }
status-try-now = Try now
status-key-changed = Refused: the key of this server has changed
status-try-again = Try again
status-signed-out = Signed out by the server
status-sign-in-again = Sign in again
status-waiting = { $state } · { $count ->
    [one] { $count } message
   *[other] { $count } messages
} waiting
status-way = { $name }: { $way }
status-sealed = { $count } sealed for { $name }
status-sealed-many = { $count } sealed for { $people } people
status-transfers = Transfers
status-up = { $count } up · { $speed }
status-up-waits = { $count } up · waiting
status-down = { $count } down · { $speed }
status-down-waits = { $count } down · waiting
status-broken = { $count } broke off
