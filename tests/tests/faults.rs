//! What must not be lost, and by what: kill -9, a full disk, a reader that
//! stalls, floods, and hostile bytes; of messages and of files.

mod faults {
    mod commands;
    mod disk;
    mod flood;
    mod full;
    mod halves;
    mod hostile;
    mod kill;
    mod slow;
    mod uploads;
}
