# The window's title, and what is said around the start and the end.

title = Parlor
title-server = { $server } · Parlor
title-unread = ({ $count }) { $title }
start-no-display = there is no screen to open a window on. Without one, run the server: cargo run --release -p parlord (installed: parlord).
start-preferences-not-kept = Your choices were not kept: the disk refused them ({ $why }). Make room, then choose again.
open-failed = Not opened: the system has nothing to open it with ({ $why }). Copy the link into your browser.
