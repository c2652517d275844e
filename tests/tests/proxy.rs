//! `parlord proxy` from outside: what it lets through, what it refuses, and what it
//! does when an upstream fails. `docs/deploy.md` is held to by [`deploy`].

mod proxy {
    mod attacks;
    mod balance;
    mod failing;
    mod forwarding;
    mod passing;
    mod program;
    mod streams;
    mod trust;
}
