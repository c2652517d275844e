//! `parlord proxy` from outside: what it lets through, what it refuses, and what it
//! does when an upstream fails. What `docs/deploy.md` says of others stands in
//! `deploy.rs`.

mod proxy {
    mod attacks;
    mod balance;
    mod failing;
    mod forwarding;
    mod frames;
    mod passing;
    mod program;
    mod streams;
    mod trust;
}
