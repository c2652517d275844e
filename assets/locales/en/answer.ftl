# What became of what was asked of the server.

answer-not-joined = Not joined: { $why }
answer-not-left = Not left: { $why }
answer-left = You left #{ $room }
answer-no-direct = The room with { $who } was not opened: { $why }
answer-not-done = Not done: { $why }

done-kicked = { $who } was put off the server
done-banned = { $who } is banned
done-muted = { $who } is muted
done-unmuted = { $who } may write again
done-ranked = { $who } has a new role
done-removed = { $who } was removed from the room
done-added = { $who } is in the room now
done-topic = The topic is set
done-deleted = The room #{ $room } is deleted
done-notify = Kept
done-alerted = Everybody was told
