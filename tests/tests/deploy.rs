//! The configurations of `docs/deploy.md`, run by the programs of Debian's packages
//! as they stand there, with ports and paths replaced.

mod deploy {
    mod caddy;
    mod haproxy;
    mod nginx;
    mod own;
    mod page;
    mod walk;
}
