//! The contract of `docs/protocol.md`, sentence by sentence, as a stranger who
//! has only that page would hold the server to it.

mod contract {
    mod devices;
    mod finding;
    mod held;
    mod lines;
    mod messages;
    mod moderation;
    mod opening;
    mod people;
    mod program;
    mod resume;
    mod rooms;
    mod trackers;
    mod transport;
}
