//! The program `parlor-tracker` as a process, beside a room server.
#![allow(clippy::unwrap_used)]

mod program {
    mod process;
    mod room;
    mod running;
    mod starting;
}
