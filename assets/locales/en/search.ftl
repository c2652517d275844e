# The search panel.

search-failed = Not searched: { $why }
