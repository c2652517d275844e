//! A tracker with many registered peers: calls a second over TLS, and memory.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::{Timestamp, ToSpan};
use parlor_certs::ServerKey;
use parlor_protocol::signature::{Signature, TRACKER};
use parlor_protocol::tracker::TokenBody;
use serde_json::Value;
use tempfile::TempDir;

use crate::bench::report::{count, figure, heading};
use crate::bench::server::{Bench, SERVER_CORE};
use crate::process::Process;
use crate::program::program;
use crate::until::{SOON, until};

/// Peers that are registered.
const PEERS: usize = 10_000;
/// Peers of one channel.
const IN_A_CHANNEL: usize = 10;
/// Connections of the load.
const CONNECTIONS: usize = 64;
/// Calls a second that the tracker should answer.
const WANTED: f64 = 5_000.0;

/// Measures `submit-info`, and `get-list` of a channel and of everybody.
///
/// # Errors
///
/// When wrk is not there, or a call fails.
pub fn run(time: Duration) -> Result<()> {
    heading(&format!("A tracker with {PEERS} peers, over TLS"));
    let bench = Bench::start();
    let folder = TempDir::new()?;
    let (process, address) = start(&bench, folder.path())?;
    let idle = process.usage().resident;
    let tokens = folder.path().join("tokens.lua");
    fs::write(&tokens, tokens_of(&bench)?)?;
    let script = |name: &str, body: &str| -> Result<_> {
        let path = folder.path().join(name);
        let tokens = tokens.display();
        fs::write(&path, format!("dofile(\"{tokens}\")\n{body}"))?;
        Ok(path)
    };
    let submit = script("submit.lua", SUBMIT)?;
    // One thread of wrk goes round all peers, so that all of them are registered.
    let rate = load(
        &process,
        &address,
        &submit,
        time.max(Duration::from_secs(4)),
    )?;
    told("submit-info a second", rate);
    let list = script("channel.lua", CHANNEL)?;
    told(
        &format!("get-list of a channel of {IN_A_CHANNEL}, a second"),
        load(&process, &address, &list, time)?,
    );
    let everybody = script("everybody.lua", EVERYBODY)?;
    let (rate, cpu) = load(&process, &address, &everybody, time)?;
    figure("get-list of everybody, a second", count(rate), "", None);
    figure(
        "the tracker's core",
        format!("{:.0} %", cpu * 100.0),
        "",
        None,
    );
    let used = process.usage().resident.saturating_sub(idle);
    figure(
        "memory that the peers and the load took",
        format!("{:.1} MiB", used as f64 / f64::from(1 << 20)),
        "",
        None,
    );
    Ok(())
}

fn told(what: &str, (rate, cpu): (f64, f64)) {
    let aim = format!("aim {}", count(WANTED));
    figure(what, count(rate), &aim, Some(rate >= WANTED));
    figure(
        "  of the tracker's core",
        format!("{:.0} %", cpu * 100.0),
        "",
        None,
    );
}

/// The tracker alone, on the server's core: the room server rests meanwhile.
fn start(bench: &Bench, folder: &Path) -> Result<(Process, String)> {
    let data = folder.join("tracker");
    let mut command = Command::new("taskset");
    command.args(["-c", &SERVER_CORE.to_string()]);
    command.arg(program("parlor-tracker"));
    command.args([
        "run",
        "--listen",
        "127.0.0.1:0",
        "--no-rate-limits",
        "--data",
    ]);
    command.arg(&data).arg("--server").arg(bench.server.link());
    let process = Process::start("parlor-tracker", &mut command);
    let facts = data.join("parlor-tracker.json");
    let facts: Value = until("the tracker runs", SOON, || {
        serde_json::from_slice(&fs::read(&facts).ok()?).ok()
    });
    let address = facts["listen"].as_str().context("it says where it is")?;
    Ok((process, address.to_owned()))
}

/// A token for each peer, signed as the room server signs them: a Lua table.
fn tokens_of(bench: &Bench) -> Result<String> {
    let key = ServerKey::open(&bench.server.data().join("signing_key.pem"))?;
    let expires = (Timestamp::now() + 1.hour()).into();
    let mut lua = String::from("tokens = {\n");
    for n in 0..PEERS {
        let username = format!("peer{n}");
        let body = TokenBody {
            v: 1,
            username,
            expires,
        }
        .to_sign();
        let token = TokenBody::token(&body, &Signature(key.sign(TRACKER, &body)));
        writeln!(lua, "\"{token}\",")?;
    }
    lua.push_str("}\n");
    writeln!(lua, "peers, channel_of = {PEERS}, {IN_A_CHANNEL}")?;
    Ok(lua)
}

const SUBMIT: &str = r#"
local n = 0
function request()
    local body = string.format(
        '{"username":"peer%d","ip":"192.0.2.7","port":9000,"channels":["c%d"]}',
        n, math.floor(n / channel_of))
    local headers = {["Authorization"] = "Bearer " .. tokens[n + 1], ["Content-Type"] = "application/json"}
    n = (n + 1) % peers
    return wrk.format("POST", "/submit-info", headers, body)
end
"#;

const CHANNEL: &str = r#"
local n = 0
function request()
    n = (n + 7919) % peers
    local headers = {["Authorization"] = "Bearer " .. tokens[n + 1]}
    return wrk.format("GET", string.format("/get-list?channel=c%d", math.floor(n / channel_of)), headers)
end
"#;

const EVERYBODY: &str = r#"
function request()
    return wrk.format("GET", "/get-list", {["Authorization"] = "Bearer " .. tokens[1]})
end
"#;

/// Calls a second, and the share of its core that the tracker used.
fn load(process: &Process, address: &str, script: &Path, time: Duration) -> Result<(f64, f64)> {
    let measured = crate::bench::nginx::load_by(
        process,
        &format!("https://{address}/"),
        CONNECTIONS,
        &["-s", &script.to_string_lossy()],
        time,
    )?;
    Ok((measured.requests, measured.cpu))
}
