//! Hosts at one switch, which leads nowhere else.

use super::Space;

/// Hosts at one switch, without a default route, a name server, or anybody else.
#[derive(Debug)]
pub struct Lan {
    /// The hosts. Their addresses are [`Lan::address`].
    pub hosts: Vec<Space>,
    /// What every packet passes through; its interface is `switch`.
    pub switch: Space,
}

impl Lan {
    /// Lays it out with so many hosts.
    ///
    /// # Panics
    ///
    /// When this machine cannot.
    pub fn new(hosts: usize) -> Self {
        let switch = Space::new("the switch");
        // Without snooping it passes every multicast on to everybody, as cheap ones do.
        let bridge = [
            "link",
            "add",
            "switch",
            "type",
            "bridge",
            "mcast_snooping",
            "0",
        ];
        switch.run("ip", &bridge);
        switch.run("ip", &["link", "set", "switch", "up"]);
        let hosts: Vec<Space> = (0..hosts).map(|_| Space::new("a host")).collect();
        for (n, host) in hosts.iter().enumerate() {
            let port = format!("port{n}");
            let address = format!("{}/24", Self::address(n));
            host.connect(("eth0", &address), &switch, (&port, ""));
            switch.run("ip", &["link", "set", &port, "master", "switch"]);
        }
        Self { hosts, switch }
    }

    /// The address of a host.
    pub fn address(host: usize) -> String {
        format!("10.9.0.{}", host + 1)
    }
}
