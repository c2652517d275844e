//! Peers in networks of the tests' own: behind routers, without datagrams, and on a LAN
//! that leads nowhere.

#[path = "nat/networks.rs"]
mod networks;
#[path = "nat/peers.rs"]
mod peers;
