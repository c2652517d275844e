//! `parlord proxy`, with what its own section says.

use std::process::Command;

use parlor_tests::program::program;

use super::page::Deployed;
use super::walk::{foreign_origins, walk};

#[test]
fn the_proxy_in_the_box_does_the_same() {
    let mut deployed = Deployed::server();
    let own = deployed.folder();
    let config = own.join("proxy.toml");
    let tls = format!(
        "[tls]\ncert = {:?}\nkey = {:?}\n",
        own.join("cert.pem"),
        own.join("key.pem")
    );
    std::fs::write(&config, tls).expect("it is written");
    let mut proxy = Command::new(program("parlord"));
    proxy.arg("proxy").arg("--config").arg(&config);
    proxy.arg("--data").arg(own.join("data"));
    proxy.args(["--listen", &deployed.address, "--upstream"]);
    let (address, pin) = (deployed.server.address(), deployed.server.pin());
    proxy.arg(format!("parlor://{address}/?pin={pin}"));
    deployed.start("parlord proxy", &mut proxy);
    walk(&deployed, &deployed.address);
    foreign_origins(&deployed);
}
