//! How often somebody may do something, and how much at once.
//!
//! Each rate is a token bucket: `burst` at once, then `per_second`. A bucket that is
//! full again is as good as none, so full ones are what the bounded maps forget.
//! `--no-rate-limits` lifts all of this, and nothing else.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_protocol::{Code, ErrorLine};
use tokio::time::Instant;

use crate::config::{Rate, Rates};
use crate::storage::{SessionId, UserId};

mod handshakes;

pub(crate) use self::handshakes::HandshakeLimits;

/// Buckets of one kind that are kept at once: some megabytes at the most.
/// Beyond it the fullest go, which forgives those who asked least.
const MAX_BUCKETS: usize = 65_536;

/// How often an address may ask what trackers ask: each does once a minute, and a few may
/// start behind one address. The answer looks at every device that has ended.
const TRACKER_ASKS: Rate = Rate::new(0.5, 20.0);

/// Too often, or too many at once.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("too many at once; try again in {seconds:.1} s")]
pub(crate) struct Limited {
    /// How long to wait before trying again, in seconds.
    pub(crate) seconds: f64,
}

impl From<Limited> for ErrorLine {
    fn from(limited: Limited) -> Self {
        // Rounded up to tenths, so that who waits exactly this long is let through.
        let seconds = (limited.seconds * 10.0).ceil().max(1.0) / 10.0;
        Self {
            retry_after: Some(seconds),
            ..Self::new(
                Code::RateLimited,
                format!("That was too much at once. Try again in {seconds} s."),
            )
        }
    }
}

/// The limits on what sessions and users do, and on coming in.
#[derive(Debug)]
pub(crate) struct Limits {
    enabled: bool,
    messages: Buckets<SessionId>,
    requests: Buckets<SessionId>,
    user_messages: Buckets<UserId>,
    files: Buckets<UserId>,
    passwords: Buckets<String>,
    sign_ins: Buckets<IpAddr>,
    resumes: Buckets<IpAddr>,
    registrations: Buckets<IpAddr>,
    tracker_asks: Buckets<IpAddr>,
}

impl Limits {
    /// Limiters with these rates; with `enabled` false they let everything through.
    pub(crate) fn new(rates: &Rates, enabled: bool) -> Self {
        Self {
            enabled,
            messages: Buckets::new(rates.messages),
            requests: Buckets::new(rates.requests),
            user_messages: Buckets::new(rates.user_messages),
            files: Buckets::new(rates.files),
            passwords: Buckets::new(rates.passwords),
            sign_ins: Buckets::new(rates.sign_ins),
            resumes: Buckets::new(rates.resumes),
            registrations: Buckets::new(rates.registrations),
            tracker_asks: Buckets::new(TRACKER_ASKS),
        }
    }

    /// A session says something that others hear: a message, an edit, a reaction and the like.
    pub(crate) fn message(&self, session: SessionId, user: UserId) -> Result<(), Limited> {
        self.when_enabled(|| {
            self.messages.take(session)?;
            self.user_messages.take(user)
        })
    }

    /// A session asks for anything else.
    pub(crate) fn request(&self, session: SessionId) -> Result<(), Limited> {
        self.when_enabled(|| self.requests.take(session))
    }

    /// A user asks for something that concerns files over HTTP.
    pub(crate) fn file(&self, user: UserId) -> Result<(), Limited> {
        self.when_enabled(|| self.files.take(user))
    }

    /// An address tries to come back to a session.
    pub(crate) fn resume(&self, address: IpAddr) -> Result<(), Limited> {
        self.when_enabled(|| self.resumes.take(network(address)))
    }

    /// An address tries to sign in: `login` or `guest`.
    pub(crate) fn sign_in(&self, address: IpAddr) -> Result<(), Limited> {
        self.when_enabled(|| self.sign_ins.take(network(address)))
    }

    /// A password of this username is about to be checked, wherever from, so
    /// that a guesser with many addresses is slowed too.
    pub(crate) fn password(&self, username: &str) -> Result<(), Limited> {
        self.when_enabled(|| self.passwords.take(username.to_owned()))
    }

    /// An address tries to register.
    pub(crate) fn registration(&self, address: IpAddr) -> Result<(), Limited> {
        self.when_enabled(|| self.registrations.take(network(address)))
    }

    /// An address asks which devices have ended.
    pub(crate) fn tracker_ask(&self, address: IpAddr) -> Result<(), Limited> {
        self.when_enabled(|| self.tracker_asks.take(network(address)))
    }

    fn when_enabled(&self, check: impl FnOnce() -> Result<(), Limited>) -> Result<(), Limited> {
        if self.enabled { check() } else { Ok(()) }
    }
}

/// The limits on connections, which the listener keeps.
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

    /// A limiter of the number at once alone.
    pub(crate) fn of_number(per_address: usize) -> Self {
        let rates = Rates {
            connections: Rate::new(f64::MAX, f64::MAX),
            connections_per_address: per_address,
            ..Rates::default()
        };
        Self::new(&rates, true)
    }

    /// An address opens a connection. The place is taken until it is dropped.
    pub(crate) fn admit(&self, address: IpAddr) -> Result<ConnectionPlace, Limited> {
        let network = network(address);
        if self.enabled {
            self.opened.take(network)?;
        }
        let mut open = lock(&self.open);
        let count = open.entry(network).or_default();
        if self.enabled && *count >= self.per_address {
            // How long until another closes is unknown; this is a polite guess.
            return Err(Limited { seconds: 5.0 });
        }
        *count += 1;
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

/// Forgets the buckets that are fuller than the median, all of them if they are full.
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
        let longest = Duration::from_secs(3600).as_secs_f64();
        Err(Limited {
            seconds: seconds.min(longest),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(enabled: bool) -> Limits {
        let rate = Rate::new(2.0, 4.0);
        let rates = Rates {
            messages: Rate::new(2.0, 3.0),
            requests: rate,
            sign_ins: rate,
            passwords: rate,
            ..Rates::default()
        };
        Limits::new(&rates, enabled)
    }

    fn connections(enabled: bool) -> ConnectionLimits {
        let rates = Rates {
            connections: Rate::new(1.0, 10.0),
            connections_per_address: 2,
            ..Rates::default()
        };
        ConnectionLimits::new(&rates, enabled)
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate_holds() {
        let limits = limits(true);
        let (session, user) = (SessionId(1), UserId(1));
        for _ in 0..3 {
            limits.message(session, user).unwrap();
        }
        let limited = limits.message(session, user).unwrap_err();
        assert!((limited.seconds - 0.5).abs() < 1e-9, "{limited:?}");
        limits.message(SessionId(2), UserId(2)).unwrap();
        tokio::time::advance(Duration::from_millis(499)).await;
        limits.message(session, user).unwrap_err();
        tokio::time::advance(Duration::from_millis(1)).await;
        limits.message(session, user).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_as_long_as_told_is_let_through() {
        let limits = limits(true);
        let address = "192.0.2.1".parse().unwrap();
        while limits.sign_in(address).is_ok() {}
        let line: ErrorLine = limits.sign_in(address).unwrap_err().into();
        assert_eq!(line.code, Code::RateLimited);
        tokio::time::advance(Duration::from_secs_f64(line.retry_after.unwrap())).await;
        limits.sign_in(address).unwrap();
    }

    #[test]
    fn without_limits_everything_passes() {
        let limits = limits(false);
        let connections = connections(false);
        let address = "192.0.2.1".parse().unwrap();
        let mut places = Vec::new();
        for _ in 0..100 {
            limits.message(SessionId(1), UserId(1)).unwrap();
            limits.request(SessionId(1)).unwrap();
            limits.sign_in(address).unwrap();
            limits.password("alice").unwrap();
            limits.registration(address).unwrap();
            places.push(connections.admit(address).unwrap());
        }
    }

    #[test]
    fn a_place_is_free_again_once_dropped() {
        let limits = connections(true);
        let address = "192.0.2.1".parse().unwrap();
        let mapped = "::ffff:192.0.2.1".parse().unwrap();
        let one = limits.admit(address).unwrap();
        let _two = limits.admit(mapped).unwrap();
        limits.admit(address).unwrap_err();
        limits.admit("192.0.2.2".parse().unwrap()).unwrap();
        drop(one);
        limits.admit(address).unwrap();
    }

    #[test]
    fn one_v6_network_is_one_user() {
        let same = |a: &str, b: &str| network(a.parse().unwrap()) == network(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff:2"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_map_stays_bounded_and_forgets_who_asked_least() {
        let buckets = Buckets::new(Rate::new(0.001, 4.0));
        for _ in 0..4 {
            buckets.take(0).unwrap();
        }
        for key in 1..=(MAX_BUCKETS + 10) {
            buckets.take(key).unwrap();
        }
        assert!(lock(&buckets.buckets).len() <= MAX_BUCKETS);
        buckets.take(0).unwrap_err();
    }
}
