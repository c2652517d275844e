//! HAProxy.

use std::process::Command;

use super::page::Deployed;
use super::walk::{foreign_origins, walk};

#[test]
fn haproxy_hands_sessions_through_and_serves_the_pages() {
    let mut deployed = Deployed::server();
    let file = deployed.config("haproxy");
    let mut haproxy = Command::new("/usr/sbin/haproxy");
    haproxy.arg("-db").arg("-f").arg(&file);
    deployed.start("haproxy", &mut haproxy);
    walk(&deployed, &deployed.address);
    foreign_origins(&deployed);
}
