# Small pieces that every region uses.

# A count above what a badge has room for.
badge-many = { $most }+
