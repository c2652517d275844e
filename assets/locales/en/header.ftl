# The header of a room.

header-search = Search this room
header-files = Files
header-people = People
header-safety = Safety
header-more = More
header-members = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
