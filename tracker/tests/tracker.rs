//! A tracker by its port: the calls, limits, expiry, the relay, public addresses.

mod tracker {
    mod calls;
    mod discovery;
    mod harness;
    mod limits;
    mod lists;
    mod port;
    mod relay;
}
