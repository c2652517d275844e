//! Devices that talk with each other: `parlor-cli peer` with a real server and its tracker, on loopback.

mod peers {
    mod channels;
    mod crashes;
    mod files;
    mod impostors;
    mod person;
    mod talking;
    mod trackers;
}
