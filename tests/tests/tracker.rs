//! Section 4 of `docs/protocol.md` from outside: a script with an HTTP library against
//! the tracker inside the room server, and against one that stands alone.

mod tracker {
    mod calls;
}
