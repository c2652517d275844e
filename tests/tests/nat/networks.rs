//! The networks themselves: what passes in them, and what does not.

use std::process::{Output, Stdio};
use std::time::Duration;

use parlor_tests::netns::{self, Capture, Homes, Lan, Space, capture, homes};
use parlor_tests::process::Process;
use parlor_tests::until::{SOON, until};

/// Answers every datagram at port 7 of an address with its sender's. A host of several answers
/// from the right one if the socket is bound to it.
const ECHO: &str = "
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 7))
print('ready', flush=True)
while True:
    text, sender = s.recvfrom(2000)
    s.sendto(('%s:%d' % sender).encode(), sender)
";

/// Sends its text to port 7 of an address until an answer comes, for two seconds.
const ASK: &str = "
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.2)
for _ in range(10):
    s.sendto(sys.argv[2].encode(), (sys.argv[1], 7))
    try:
        print(s.recv(2000).decode())
        sys.exit(0)
    except socket.timeout:
        pass
sys.exit(1)
";

fn echo(space: &Space, address: &str) -> Process {
    let mut command = space.command("python3");
    let server = Process::start("an echo server", command.args(["-c", ECHO, address]));
    until("the echo server", SOON, || {
        (!server.stdout().is_empty()).then_some(())
    });
    server
}

fn ask(space: &Space, address: &str, text: &str) -> Output {
    let mut command = space.command("python3");
    command.args(["-c", ASK, address, text]);
    command
        .stderr(Stdio::null())
        .output()
        .expect("python3 is there")
}

fn answer(space: &Space, address: &str) -> Option<String> {
    let output = ask(space, address, "hello in plain text");
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(said)
}

#[test]
fn routers_share_their_address_and_let_nobody_in() {
    if !netns::can_be_made("networks::routers_share_their_address_and_let_nobody_in") {
        return;
    }
    let net = Homes::new();
    let _public = echo(&net.public, homes::PUBLIC);
    let _one = echo(&net.hosts[0], "10.1.0.2");
    let capture = Capture::start(&net.public);
    let seen = answer(&net.hosts[0], homes::PUBLIC).expect("the public host is reached");
    assert!(seen.starts_with("203.0.113.2:"), "{seen}");
    let seen = answer(&net.hosts[1], homes::PUBLIC).expect("the public host is reached");
    assert!(seen.starts_with("198.51.100.2:"), "{seen}");
    for (host, inside) in [(0, "10.1.0.2"), (1, "203.0.113.2"), (1, "10.1.0.2")] {
        let reached = answer(&net.hosts[host], inside).is_some();
        assert_eq!(reached, host == 0, "host {host} to {inside}");
    }
    let bytes = capture.finish();
    assert!(capture::holds(&bytes, "hello in plain text"));
    assert!(!capture::holds(&bytes, "hello in any other text"));

    net.block_udp();
    assert_eq!(answer(&net.hosts[0], homes::PUBLIC), None);
    net.unblock_udp();
    assert!(answer(&net.hosts[0], homes::PUBLIC).is_some());
}

#[test]
fn a_switch_leads_to_its_hosts_and_nowhere_else() {
    if !netns::can_be_made("networks::a_switch_leads_to_its_hosts_and_nowhere_else") {
        return;
    }
    let net = Lan::new(2);
    let _one = echo(&net.hosts[1], &Lan::address(1));
    let seen = answer(&net.hosts[0], &Lan::address(1)).expect("the other host is reached");
    assert!(seen.starts_with(&Lan::address(0)), "{seen}");
    let routes = net.hosts[0].run("ip", &["route"]);
    assert!(!routes.contains("default"), "{routes}");
}

#[test]
fn nothing_is_left_of_a_network() {
    if !netns::can_be_made("networks::nothing_is_left_of_a_network") {
        return;
    }
    let space = Space::new("a host");
    let (holder, mut program) = (space.id(), echo(&space, "127.0.0.1"));
    drop(space);
    program.kill();
    let gone = || (!std::path::Path::new(&format!("/proc/{holder}")).exists()).then_some(());
    until("the holder's end", Duration::from_secs(5), gone);
}
