//! Two hosts behind a router each, and a public host.

use super::Space;

/// The public host's address, from everywhere.
pub const PUBLIC: &str = "203.0.113.1";

/// A router for a home: hosts behind it share its address, and nobody comes in who was not asked. Were what comes
/// unasked not dropped but refused, the kernel would remember it, and give the next one out another port.
const ROUTER: &str = "
table ip router {
    chain out {
        type nat hook postrouting priority srcnat;
        oifname wan masquerade
    }
    chain in {
        type filter hook input priority filter;
        iifname wan ct state established,related accept
        iifname wan drop
    }
    chain through {
        type filter hook forward priority filter;
        iifname wan ct state established,related accept
        iifname wan drop
    }
}
";

/// Drops every datagram.
const NO_UDP: &str = "
table ip blocked {
    chain in { type filter hook input priority filter; meta l4proto udp drop; }
    chain through { type filter hook forward priority filter; meta l4proto udp drop; }
    chain out { type filter hook output priority filter; meta l4proto udp drop; }
}
";

/// Two hosts behind a router each. All between them and the public host passes through that one.
#[derive(Debug)]
pub struct Homes {
    /// The public host, which also is the Internet.
    pub public: Space,
    /// The hosts.
    pub hosts: [Space; 2],
    routers: [Space; 2],
}

impl Homes {
    /// Lays the network out.
    ///
    /// # Panics
    ///
    /// When this machine cannot.
    pub fn new() -> Self {
        let net = Self {
            public: Space::new("the public host"),
            hosts: [Space::new("host 1"), Space::new("host 2")],
            routers: [Space::new("router 1"), Space::new("router 2")],
        };
        net.public.set("net/ipv4/ip_forward", "1");
        let outside = ["203.0.113", "198.51.100"];
        let inside = ["10.1.0", "10.2.0"];
        for n in 0..2 {
            let (host, router) = (&net.hosts[n], &net.routers[n]);
            let port = format!("to{n}");
            let (wan, lan) = (outside[n], inside[n]);
            let at = |net: &str, host| format!("{net}.{host}/24");
            router.connect(("wan", &at(wan, 2)), &net.public, (&port, &at(wan, 1)));
            router.connect(("lan", &at(lan, 1)), host, ("eth0", &at(lan, 2)));
            router.default_route(&format!("{wan}.1"));
            host.default_route(&format!("{lan}.1"));
            router.set("net/ipv4/ip_forward", "1");
            router.rules(ROUTER);
        }
        net
    }

    /// From now on no datagram passes between the hosts, or to the public host.
    pub fn block_udp(&self) {
        self.public.rules(NO_UDP);
    }

    /// Datagrams pass again.
    pub fn unblock_udp(&self) {
        self.public.rules("delete table ip blocked");
    }
}

impl Default for Homes {
    fn default() -> Self {
        Self::new()
    }
}
