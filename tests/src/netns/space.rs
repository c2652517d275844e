//! One network namespace, and programs in it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::until::{SOON, until};

/// What is said where a machine cannot do this.
const ADVICE: &str = "tests/set-up installs what networks of tests need (iproute2, nftables, util-linux); \
     beyond that they need root, or user namespaces";

/// A network namespace. It is gone when it is dropped and no program runs in it any more.
#[derive(Debug)]
pub struct Space {
    name: &'static str,
    /// Reads its standard input, and ends with it.
    holder: Child,
}

impl Space {
    /// An empty one: a loopback interface, and no IPv6, whose addresses come when they like.
    ///
    /// # Panics
    ///
    /// When there can be none here.
    pub fn new(name: &'static str) -> Self {
        let holder = Command::new("unshare")
            .args(["--net", "--", "cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("no namespace for {name}: {error}: {ADVICE}"));
        let mut space = Self { name, holder };
        let own = PathBuf::from("/proc/self/ns/net");
        let own = std::fs::read_link(own).expect("this process has a namespace");
        let its = format!("/proc/{}/ns/net", space.id());
        until("a namespace of its own", SOON, || {
            if let Ok(Some(status)) = space.holder.try_wait() {
                panic!("no namespace for {name}: unshare ended ({status}): {ADVICE}");
            }
            let its = std::fs::read_link(&its).ok()?;
            (its != own).then_some(())
        });
        space.set("net/ipv6/conf/all/disable_ipv6", "1");
        space.set("net/ipv6/conf/default/disable_ipv6", "1");
        space.run("ip", &["link", "set", "lo", "up"]);
        space
    }

    /// The process that holds it.
    pub fn id(&self) -> u32 {
        self.holder.id()
    }

    /// The words that, in front of a command, have it run in here. The process keeps its id.
    pub fn prefix(&self) -> [String; 3] {
        let net = format!("--net=/proc/{}/ns/net", self.id());
        ["nsenter".to_owned(), net, "--".to_owned()]
    }

    /// A command in here.
    pub fn command(&self, program: &str) -> Command {
        let [enter, net, end] = self.prefix();
        let mut command = Command::new(enter);
        command.args([net, end]).arg(program);
        command
    }

    /// Runs a command in here, which must succeed, and gives what it printed.
    ///
    /// # Panics
    ///
    /// When it fails.
    pub fn run(&self, program: &str, args: &[&str]) -> String {
        let output = self.command(program).args(args).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}: {ADVICE}"));
        assert!(
            output.status.success(),
            "{}: {program} {args:?}: {}: {ADVICE}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Sets a switch of the system's.
    pub fn set(&self, switch: &str, to: &str) {
        let script = format!("echo {to} > /proc/sys/{switch}");
        self.run("sh", &["-c", &script]);
    }

    /// Has nftables carry out these rules.
    ///
    /// # Panics
    ///
    /// When it does not take them.
    pub fn rules(&self, rules: &str) {
        let mut nft = self
            .command("nft")
            .args(["-f", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("nft: {error}: {ADVICE}"));
        let mut stdin = nft.stdin.take().expect("stdin is piped");
        stdin.write_all(rules.as_bytes()).expect("nft reads");
        drop(stdin);
        let status = nft.wait().expect("nft ends");
        assert!(status.success(), "{}: nft: {status}: {ADVICE}", self.name);
    }

    /// Lays a cable from here to another: the name and the address of each end.
    pub fn connect(&self, own: (&str, &str), other: &Self, its: (&str, &str)) {
        let (here, there) = (self.id().to_string(), other.id().to_string());
        let cable = [
            "link", "add", own.0, "netns", &here, "type", "veth", "peer", "name", its.0, "netns",
            &there,
        ];
        self.run("ip", &cable);
        for (space, (name, address)) in [(self, own), (other, its)] {
            if !address.is_empty() {
                space.run("ip", &["address", "add", address, "dev", name]);
            }
            space.run("ip", &["link", "set", name, "up"]);
        }
    }

    /// Whatever it does not know goes there.
    pub fn default_route(&self, via: &str) {
        self.run("ip", &["route", "add", "default", "via", via]);
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
