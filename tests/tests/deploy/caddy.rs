//! Caddy, which serves browsers alone.

use std::process::Command;

use super::page::Deployed;
use super::walk::{foreign_origins, walk};

#[test]
fn caddy_serves_the_pages_beside_the_servers_own_port() {
    let mut deployed = Deployed::server();
    let file = deployed.config("caddy");
    let mut caddy = Command::new("/usr/bin/caddy");
    caddy
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(&file);
    let folder = deployed.folder();
    caddy
        .env("XDG_DATA_HOME", &folder)
        .env("XDG_CONFIG_HOME", &folder);
    caddy.env("HOME", &folder);
    deployed.start("caddy", &mut caddy);
    walk(&deployed, &deployed.server.address());
    foreign_origins(&deployed);
}
