# The search panel.

search-failed = Not searched: { $why }

search-title = Search
search-close = Close
search-placeholder = Search messages
search-found = { $count } found
search-found-more = { $count } and more
search-here = in { $room }
search-everywhere = everywhere
search-where = Rooms are searched on { $server }. Direct talk and peer channels are searched on this computer only.
search-where-here = This talk is searched on this computer only.
search-here-found = { $count } found there
search-begin = Search messages
search-begin-how = Marks may be left out: “thiet ke” finds “thiết kế”
search-waits = Searching…
search-nothing = Nothing for “{ $query }”
search-nothing-how = Try fewer letters, or all rooms
search-more = Show older ones
