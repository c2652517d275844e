//! Who is kept out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use parlor_protocol::Time;

use super::tables::Tables;
use crate::endpoint::Endpoint;
use crate::storage::{BanRecord, BanSubject, UserId};

/// Bans by user, and by address or network.
#[derive(Debug, Default)]
pub(super) struct Bans {
    users: HashMap<UserId, BanRecord>,
    networks: Vec<(IpNet, BanRecord)>,
}

/// The network that a ban's text means: an address stands for itself alone.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    match text.parse::<IpAddr>() {
        Ok(address) => Some(IpNet::from(address.to_canonical())),
        Err(_) => text.parse::<IpNet>().ok().map(|network| network.trunc()),
    }
}

/// The one text by which a network is stored.
pub(crate) fn network_text(network: IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() {
        network.addr().to_string()
    } else {
        network.to_string()
    }
}

fn holds(ban: &BanRecord, now: Time) -> bool {
    ban.until.is_none_or(|until| until > now)
}

impl Tables {
    /// Adds a ban in the place of an earlier one of the same subject.
    pub(crate) fn put_ban(&mut self, ban: BanRecord) {
        self.remove_ban(&ban.subject);
        match &ban.subject {
            BanSubject::User(user) => {
                self.bans.users.insert(*user, ban);
            }
            BanSubject::Address(text) => {
                if let Some(network) = network(text) {
                    self.bans.networks.push((network, ban));
                }
            }
        }
    }

    /// Lifts a ban.
    pub(crate) fn remove_ban(&mut self, subject: &BanSubject) {
        match subject {
            BanSubject::User(user) => {
                self.bans.users.remove(user);
            }
            BanSubject::Address(_) => {
                self.bans
                    .networks
                    .retain(|(_, ban)| ban.subject != *subject);
            }
        }
    }

    /// The ban that keeps a user out now.
    pub(crate) fn ban_of(&self, user: UserId, now: Time) -> Option<&BanRecord> {
        self.bans.users.get(&user).filter(|ban| holds(ban, now))
    }

    /// The ban that keeps an address out now.
    pub(crate) fn ban_at(&self, address: IpAddr, now: Time) -> Option<&BanRecord> {
        let address = address.to_canonical();
        let mut found = self.bans.networks.iter();
        found
            .find(|(network, ban)| network.contains(&address) && holds(ban, now))
            .map(|(_, ban)| ban)
    }

    /// The signed-in connections from a network.
    pub(crate) fn endpoints_from(&self, network: IpNet) -> Vec<Arc<Endpoint>> {
        let online = self.online.iter().filter_map(|id| self.users.get(id));
        online
            .flat_map(|person| person.endpoints())
            .filter(|endpoint| network.contains(&endpoint.address))
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_one_text() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                network(text).map(network_text).as_deref(),
                expected,
                "{text}"
            );
        };
        check("192.0.2.7", Some("192.0.2.7"));
        check("::ffff:192.0.2.7", Some("192.0.2.7"));
        check("192.0.2.7/24", Some("192.0.2.0/24"));
        check("2001:DB8::1/64", Some("2001:db8::/64"));
        check("2001:db8::1", Some("2001:db8::1"));
        check("example.org", None);
        check("192.0.2.0/33", None);
    }
}
