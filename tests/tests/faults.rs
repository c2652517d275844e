//! What must not be lost, and by what: kill -9, a full disk, a reader that
//! stalls, floods, and hostile bytes.

mod faults {
    mod disk;
    mod flood;
    mod hostile;
    mod kill;
    mod slow;
}
