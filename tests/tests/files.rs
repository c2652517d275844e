//! Section 3 of `docs/protocol.md` from outside: what is taken, what is given,
//! to whom, and what is left on the disk.

mod files {
    mod creating;
    mod ending;
    mod fetching;
    mod keeping;
    mod limits;
    mod listing;
    mod sealed;
    mod sending;
    mod tuspy;
    mod walls;
}
