//! `/metrics`: what the tracker does, in Prometheus' text format (0.0.4).

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::StatusCode;

use crate::relay::Relay;
use crate::state::State;

/// The format's type.
pub(crate) const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers since the tracker started, by the first digit of their status.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    by_class: [AtomicU64; 5],
}

impl Answered {
    /// One more was answered.
    pub(crate) fn count(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100);
        if let Some(count) = self.by_class.get(class.wrapping_sub(1)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The page.
pub(crate) fn written(state: &State, relay: Option<&Relay>) -> String {
    let mut page = Page(String::new());
    let counts = state.registry.counts();
    page.gauge("peers", "Peers that are listed.", counts.peers as u64);
    page.gauge(
        "channels",
        "Peer channels with somebody in them.",
        counts.channels as u64,
    );
    page.gauge(
        "relayed_devices",
        "Devices at the relay.",
        counts.relayed as u64,
    );
    if let Some(relay) = relay {
        let (received, sent) = relay.bytes();
        page.describe(
            "relay_bytes_total",
            "counter",
            "Bytes at the relay since the tracker started, by direction.",
        );
        page.value("relay_bytes_total", "{direction=\"in\"}", received);
        page.value("relay_bytes_total", "{direction=\"out\"}", sent);
    }
    page.describe(
        "http_requests_total",
        "counter",
        "Requests answered over HTTP, by class of status.",
    );
    for (at, count) in state.answered.by_class.iter().enumerate() {
        let class = format!("{{code=\"{}xx\"}}", at + 1);
        page.value("http_requests_total", &class, count.load(Ordering::Relaxed));
    }
    page.0
}

struct Page(String);

// Writing to a String cannot fail.
impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.describe(name, "gauge", help);
        self.value(name, "", value);
    }

    fn describe(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(
            self.0,
            "# HELP parlor_tracker_{name} {help}\n# TYPE parlor_tracker_{name} {kind}"
        );
    }

    fn value(&mut self, name: &str, labels: &str, value: u64) {
        let _ = writeln!(self.0, "parlor_tracker_{name}{labels} {value}");
    }
}
