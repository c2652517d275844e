//! Which upstream: by the client's address, or the least busy, among those that live.
//!
//! One client always meets the same upstream, by its address, because that is the one
//! thing that a sign-in, the cookie which it gives, an upload, a WebSocket and a
//! passed-through connection have in common. Which one is the highest of the hashes of
//! address and upstream, so that nothing has to be remembered, a restart changes
//! nothing, and of an upstream that is gone only its own clients go elsewhere.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use super::settings::Balance;
use super::upstream::Upstream;

/// All upstreams.
#[derive(Debug)]
pub(super) struct Upstreams {
    pub(super) all: Vec<Arc<Upstream>>,
    pub(super) balance: Balance,
}

impl Upstreams {
    /// An upstream for a client, that fits and was not tried yet. Where none lives, those that
    /// seem dead are tried too: whoever knows better than a health check is the upstream itself.
    pub(super) fn choose(
        &self,
        client: IpAddr,
        fits: impl Fn(&Arc<Upstream>) -> bool,
    ) -> Option<Arc<Upstream>> {
        let among = |lives: bool| {
            let candidates = self.all.iter().filter(|u| u.lives() == lives && fits(u));
            match self.balance {
                Balance::Address => candidates.max_by_key(|u| weight(client, u.name())),
                Balance::LeastConnections => {
                    candidates.min_by_key(|u| (u.load(), u64::MAX - weight(client, u.name())))
                }
            }
        };
        among(true).or_else(|| among(false)).cloned()
    }
}

fn weight(client: IpAddr, name: &str) -> u64 {
    let network = match client.to_canonical() {
        // A home has a /64, and its devices change their addresses within it.
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    };
    // With its fixed keys it gives the same after a restart.
    let mut hasher = DefaultHasher::new();
    network.hash(&mut hasher);
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use super::*;
    use crate::proxy::settings::HeaderUse;

    fn upstreams(balance: Balance) -> Upstreams {
        let make = |port: u16| {
            let target = format!("http://127.0.0.1:{port}").parse().unwrap();
            let time = Duration::from_secs(1);
            Arc::new(Upstream::new(target, time, HeaderUse::Off).unwrap())
        };
        Upstreams {
            all: (1..=3).map(make).collect(),
            balance,
        }
    }

    fn client(n: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(0x0a00_0000 + n).into()
    }

    #[test]
    fn a_client_meets_one_upstream_and_all_are_used() {
        let upstreams = upstreams(Balance::Address);
        let of = |n| upstreams.choose(client(n), |_| true).unwrap();
        let mut counts = HashMap::new();
        for n in 0..300 {
            assert!(Arc::ptr_eq(&of(n), &of(n)));
            *counts.entry(of(n).name().to_owned()).or_insert(0) += 1;
        }
        assert!(
            counts.len() == 3 && counts.values().all(|c| *c > 50),
            "{counts:?}"
        );
    }

    #[test]
    fn of_a_dead_one_only_its_own_clients_move() {
        let upstreams = upstreams(Balance::Address);
        let name = |n| {
            upstreams
                .choose(client(n), |_| true)
                .unwrap()
                .name()
                .to_owned()
        };
        let before: Vec<_> = (0..100).map(name).collect();
        let dead = &upstreams.all[1];
        assert!(dead.set_lives(false));
        for n in 0..100 {
            let was = &before[n as usize];
            assert_ne!(name(n), dead.name());
            assert!(*was == name(n) || was == dead.name());
        }
        for upstream in &upstreams.all {
            upstream.set_lives(false);
        }
        assert_eq!(
            (0..100).map(name).collect::<Vec<_>>(),
            before,
            "all seem dead"
        );
    }

    #[test]
    fn the_least_busy_is_chosen() {
        let upstreams = upstreams(Balance::LeastConnections);
        let choose = || upstreams.choose(client(1), |_| true).unwrap();
        let one = choose().busy();
        let two = choose().busy();
        let three = choose().busy();
        assert!(upstreams.all.iter().all(|u| u.load() == 1));
        drop(two);
        assert_eq!(choose().load(), 0);
        drop((one, three));
        assert!(upstreams.choose(client(1), |_| false).is_none());
    }
}
