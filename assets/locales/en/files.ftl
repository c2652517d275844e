# Files: attached, in messages, in their list.

attach = Attach files
attach-none = This server takes no files
attach-title = Files for { $room }
attach-offline = No files can be attached yet: there was no connection to { $server } since the start. Try again when it is back.
attach-closed = No files can be attached: you may not write in { $room }. Ask a moderator.
attach-no-files = No files can be attached: { $server } takes none. Ask its owner.
attach-path-title = Upload to { $room }
attach-path-about = Which file? Name it by its whole path.
attach-path-label = Path
attach-path-placeholder = ~/Documents/report.pdf
attach-path-hint = Files can also be dropped on the window.
attach-path-empty = Type the path of a file first.
attach-path-yes = Upload
attach-path-browse = Browse…
upload-too-large = Not uploaded: { $name } is over the { $limit } this server takes. Make it smaller, or send it in parts.
upload-refused = Not uploaded: { $name }: { $why }
download-refused = Not downloaded: { $name }: { $why }
save-as-title = Save as
save-as-no-dialog = This system has no dialog to choose a place with: the file goes to { $folder }. Move it from there.
drop-send = Drop to send { $count ->
    [one] one file
   *[other] { $count } files
}
drop-send-then = to { $room }, after you press Enter
drop-list = Drop to upload { $count ->
    [one] one file
   *[other] { $count } files
}
drop-list-then = to { $room }
drop-closed = No files can be dropped here
drop-closed-why = in { $room } you may not write, or the server takes no files
tray-starting = Looking at the file…
send-failed-file = Not sent: { $name } could not be uploaded. Try it again, or take it away.
send-too-many-files = Not sent: a message shows { $most } files at most. Take { $over } away.
file-what = { $kind } · { $size } · { $who }
file-what-plain = { $size } · { $who }
file-there = { $what } · downloaded
file-download = Download
file-save-as = Save as…
file-open = Open
file-open-outside = Open with another program
file-folder = Show in folder
file-view = Show
file-delete = Delete…
file-deleted = Deleted: { $name }
file-not-deleted = Not deleted: { $name }: { $why }
file-not-opened = Not opened: { $why }
picture-loading = Loading…
picture-too-large = it has too many pixels to be shown here. Download it, and open it with another program.
picture-broken = its bytes are not those of a picture. Download it, and look at it with another program.
picture-failed = Not shown: { $why }
viewer-close = Close
files-deleted = Its files were deleted
files-title = Files
files-close = Back to the talk
files-all-rooms = All rooms
files-upload = Upload
files-find = Find a file by name
files-kind-any = Any kind
files-kind-pictures = Pictures
files-kind-documents = Documents
files-kind-archives = Archives
files-kind-keys = Keys
files-kind-others = Others
files-sort-newest = Newest
files-sort-oldest = Oldest
files-sort-largest = Largest
files-sort-name = Name
files-name = Name
files-from = From
files-room = Room
files-size = Size
files-when = When
files-more = Show more
files-again = Try again
files-waits = Asking the server…
files-failed = No list of files: { $why }
files-nothing = Nothing for “{ $query }”
files-nothing-how = Try fewer letters, another kind, or all rooms
files-empty = No files yet
files-empty-how = Drop one here or press Ctrl+U
files-there = Downloaded: show in folder
files-more-acts = More
files-foot = { $shown } of { $count ->
    [one] one file
   *[other] { $count } files
} · { $size } on { $server } · drop a file anywhere in this window to upload it
files-foot-more = { $shown } of the newest { $count } files · { $size } on { $server } · drop a file anywhere in this window to upload it
