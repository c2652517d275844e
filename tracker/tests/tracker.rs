//! A tracker by its port: the calls, limits, expiry, the relay, public addresses.
#![allow(clippy::unwrap_used)]

mod tracker {
    mod calls;
    mod discovery;
    mod harness;
    mod limits;
    mod lists;
    mod port;
    mod relay;
}
