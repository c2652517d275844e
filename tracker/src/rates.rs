//! How often somebody may do something, and how much at once.
//!
//! Each rate is a token bucket: `burst` at once, then `per_second`. A bucket that is
//! full again is as good as none, so full ones are what the bounded maps forget.
//! The setting `rate_limits` lifts all of this, and nothing else.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::settings::{Rate, Rates};

/// Buckets of one kind that are kept at once: some megabytes at the most.
/// Beyond it the fullest go, which forgives those who asked least.
const MAX_BUCKETS: usize = 65_536;
/// The longest wait that is told, in seconds.
const LONGEST_WAIT: f64 = 3_600.0;
/// Handshakes of one address at once. The others of it wait for their turn, so that
/// who begins many and ends none takes few of everybody's.
const HANDSHAKES: usize = 64;
/// How long until another connection closes is unknown; this is a polite guess, in seconds.
const CONNECTION_WAIT: f64 = 5.0;

/// Too often, or too many at once.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("too many at once; try again in {seconds:.1} s")]
pub(crate) struct Limited {
    /// How long to wait before trying again, in seconds.
    pub(crate) seconds: f64,
}

/// The limits on calls.
#[derive(Debug)]
pub(crate) struct CallLimits {
    enabled: bool,
    logins: Buckets<IpAddr>,
    passwords: Buckets<String>,
    calls: Buckets<IpAddr>,
    user_calls: Buckets<Arc<str>>,
}

impl CallLimits {
    /// Limiters with these rates; with `enabled` false they let everything through.
    pub(crate) fn new(rates: &Rates, enabled: bool) -> Self {
        Self {
            enabled,
            logins: Buckets::new(rates.logins),
            passwords: Buckets::new(rates.passwords),
            calls: Buckets::new(rates.calls),
            user_calls: Buckets::new(rates.user_calls),
        }
    }

    /// An address calls.
    pub(crate) fn call(&self, address: IpAddr) -> Result<(), Limited> {
        self.when_enabled(|| self.calls.take(network(address)))
    }

    /// A user calls.
    pub(crate) fn user_call(&self, username: &Arc<str>) -> Result<(), Limited> {
        self.when_enabled(|| self.user_calls.take(Arc::clone(username)))
    }

    /// An address tries a password.
    pub(crate) fn login(&self, address: IpAddr) -> Result<(), Limited> {
        self.when_enabled(|| self.logins.take(network(address)))
    }

    /// Somebody tries a password of a username, which slows a guesser with many addresses.
    /// It must be one that can be somebody's: it is remembered.
    pub(crate) fn password(&self, username: &str) -> Result<(), Limited> {
        self.when_enabled(|| self.passwords.take(username.to_owned()))
    }

    fn when_enabled(&self, check: impl FnOnce() -> Result<(), Limited>) -> Result<(), Limited> {
        if self.enabled { check() } else { Ok(()) }
    }
}

/// The limits on connections.
#[derive(Debug)]
pub(crate) struct ConnectionLimits {
    enabled: bool,
    per_address: usize,
    opened: Buckets<IpAddr>,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl ConnectionLimits {
    /// Limiters with these rates; with `enabled` false they let everything through.
    pub(crate) fn new(rates: &Rates, enabled: bool) -> Self {
        Self {
            enabled,
            per_address: rates.connections_per_address,
            opened: Buckets::new(rates.connections),
            open: Arc::default(),
        }
    }

    /// An address opens a connection. The place is taken until it is dropped.
    pub(crate) fn admit(&self, address: IpAddr) -> Result<ConnectionPlace, Limited> {
        let network = network(address);
        if self.enabled {
            self.opened.take(network)?;
        }
        let mut open = lock(&self.open);
        let count = open.get(&network).copied().unwrap_or_default();
        if self.enabled && count >= self.per_address {
            return Err(Limited {
                seconds: CONNECTION_WAIT,
            });
        }
        open.insert(network, count + 1);
        Ok(ConnectionPlace {
            network,
            open: Arc::clone(&self.open),
        })
    }
}

/// One of the connections that an address may have at once.
#[derive(Debug)]
pub(crate) struct ConnectionPlace {
    network: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

/// The handshakes of each address.
#[derive(Debug, Default)]
pub(crate) struct HandshakeLimits {
    turns: Mutex<HashMap<IpAddr, Arc<Semaphore>>>,
}

impl HandshakeLimits {
    /// Waits until an address may do one more. It does until the turn is dropped.
    pub(crate) async fn turn(self: &Arc<Self>, address: IpAddr) -> Turn {
        let network = network(address);
        let fresh = || Arc::new(Semaphore::new(HANDSHAKES));
        let places = Arc::clone(lock(&self.turns).entry(network).or_insert_with(fresh));
        let mut turn = Turn {
            network,
            limits: Arc::clone(self),
            places: Some(Arc::clone(&places)),
            permit: None,
        };
        // None closes it.
        turn.permit = places.acquire_owned().await.ok();
        turn
    }
}

/// A handshake that is under way, or waits for that.
#[derive(Debug)]
pub(crate) struct Turn {
    network: IpAddr,
    limits: Arc<HandshakeLimits>,
    places: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = lock(&self.limits.turns);
        self.permit = None;
        self.places = None;
        // Nobody else of this address has one or waits for it.
        if turns
            .get(&self.network)
            .is_some_and(|all| Arc::strong_count(all) == 1)
        {
            turns.remove(&self.network);
        }
    }
}

/// Whom an address stands for: an IPv6 user has a /64, an IPv4-mapped one is IPv4.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Held for a few instructions, never over an await.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The buckets of one kind, one for each key.
#[derive(Debug)]
struct Buckets<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

impl<K: Eq + Hash + Clone> Buckets<K> {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            buckets: Mutex::default(),
        }
    }

    fn take(&self, key: K) -> Result<(), Limited> {
        let now = Instant::now();
        let mut buckets = lock(&self.buckets);
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(&key) {
            make_room(&mut buckets, self.rate, now);
        }
        let bucket = buckets.entry(key).or_insert(Bucket {
            tokens: self.rate.burst,
            filled: now,
        });
        bucket.take(self.rate, now)
    }
}

/// Forgets the buckets that are not emptier than the median: all of them if all are full.
fn make_room<K: Eq + Hash + Clone>(buckets: &mut HashMap<K, Bucket>, rate: Rate, now: Instant) {
    let mut levels: Vec<f64> = buckets.values().map(|b| b.level(rate, now)).collect();
    let middle = levels.len() / 2;
    let (_, median, _) = levels.select_nth_unstable_by(middle, f64::total_cmp);
    let median = *median;
    buckets.retain(|_, bucket| bucket.level(rate, now) < median);
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn level(&self, rate: Rate, now: Instant) -> f64 {
        let elapsed = now.saturating_duration_since(self.filled);
        (self.tokens + elapsed.as_secs_f64() * rate.per_second).min(rate.burst)
    }

    fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Limited> {
        self.tokens = self.level(rate, now);
        self.filled = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        let seconds = (1.0 - self.tokens) / rate.per_second;
        Err(Limited {
            seconds: seconds.min(LONGEST_WAIT),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn rates() -> Rates {
        Rates {
            passwords: Rate::new(1.0, 2.0),
            calls: Rate::new(2.0, 4.0),
            connections: Rate::new(1.0, 10.0),
            connections_per_address: 2,
            ..Rates::default()
        }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate_holds() {
        let limits = CallLimits::new(&rates(), true);
        for _ in 0..4 {
            limits.call(ip("192.0.2.1")).unwrap();
        }
        let limited = limits.call(ip("::ffff:192.0.2.1")).unwrap_err();
        assert!((limited.seconds - 0.5).abs() < 1e-9, "{limited:?}");
        limits.call(ip("192.0.2.2")).unwrap();
        tokio::time::advance(Duration::from_millis(500)).await;
        limits.call(ip("192.0.2.1")).unwrap();
    }

    #[test]
    fn a_guesser_with_many_addresses_is_slowed() {
        let limits = CallLimits::new(&rates(), true);
        for address in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
            limits.login(ip(address)).unwrap();
        }
        limits.password("bob").unwrap();
        limits.password("bob").unwrap();
        limits.password("bob").unwrap_err();
        limits.password("eve").unwrap();
    }

    #[test]
    fn a_network_has_so_many_connections() {
        let limits = ConnectionLimits::new(&rates(), true);
        let first = limits.admit(ip("2001:db8::1")).unwrap();
        let _second = limits.admit(ip("2001:db8::2")).unwrap();
        limits.admit(ip("2001:db8::3")).unwrap_err();
        limits.admit(ip("2001:db8:0:1::1")).unwrap();
        drop(first);
        limits.admit(ip("2001:db8::3")).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_so_many_handshakes_and_the_others_wait() {
        let limits = Arc::new(HandshakeLimits::default());
        let mut turns = Vec::new();
        for _ in 0..HANDSHAKES {
            turns.push(limits.turn(ip("2001:db8::1")).await);
        }
        let wait = Duration::from_secs(1);
        let more = tokio::time::timeout(wait, limits.turn(ip("2001:db8::2")));
        more.await.unwrap_err();
        let other = limits.turn(ip("2001:db8:0:1::1")).await;
        turns.pop();
        let more = tokio::time::timeout(wait, limits.turn(ip("2001:db8::2")));
        let more = more.await.unwrap();
        drop((more, turns, other));
        assert!(lock(&limits.turns).is_empty());
    }

    #[test]
    fn nothing_holds_where_nothing_shall() {
        let limits = CallLimits::new(&rates(), false);
        let connections = ConnectionLimits::new(&rates(), false);
        let _places: Vec<_> = (0..50)
            .map(|_| {
                limits.login(ip("192.0.2.1")).unwrap();
                limits.password("bob").unwrap();
                connections.admit(ip("192.0.2.1")).unwrap()
            })
            .collect();
    }
}
