//! What an appended message costs: `cargo run --release -p parlord --example
//! storage_append -- [SENDERS] [SECONDS] [FOLDER]`. So many senders each wait for
//! their message's flush before they send the next, through one log that gathers
//! what waits, as the server's does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parlor_protocol::{Role, Time};
use parlord::storage::{
    self, Act, ActKind, Admission, Admitted, NewUser, Outcome, RoomId, SearchQuery, UserId,
};
use tokio::sync::{mpsc, oneshot};

const TEXT: &str = "A message of an ordinary length, as people write them to each other all day.";

type Waiting = (Act, oneshot::Sender<Outcome>);

#[allow(clippy::print_stdout)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let senders: usize = args.next().map_or(Ok(256), |arg| arg.parse())?;
    let seconds: u64 = args.next().map_or(Ok(5), |arg| arg.parse())?;
    let place = args.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = place.join(format!("parlor-storage-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let storage = storage::open(&folder).await?;
    let mut users = Vec::new();
    for n in 0..senders {
        users.push(user(&*storage, n).await?);
    }
    let (send, mut waiting) = mpsc::channel::<Waiting>(senders.max(1));
    let deadline = Instant::now() + Duration::from_secs(seconds);
    for by in users {
        tokio::spawn(sender(by, send.clone(), deadline));
    }
    drop(send);
    let (begun, cpu) = (Instant::now(), cpu_time());
    let (mut count, mut groups) = (0u32, 0u32);
    let mut group = Vec::new();
    while waiting.recv_many(&mut group, 4096).await > 0 {
        let (acts, answers): (Vec<Act>, Vec<_>) = group.drain(..).unzip();
        for (outcome, answer) in storage
            .append(Arc::new(acts))
            .await?
            .into_iter()
            .zip(answers)
        {
            count += 1;
            let _ = answer.send(outcome);
        }
        groups += 1;
    }
    let (wall, cpu) = (begun.elapsed(), cpu_time().saturating_sub(cpu));
    report(senders, count, groups, wall, cpu);
    let search = SearchQuery {
        words: "nothing has this".to_owned(),
        rooms: vec![RoomId::GENERAL],
        from: None,
        before: None,
        limit: 1,
    };
    let begun = Instant::now();
    storage.search(search).await?;
    let each = begun.elapsed().as_secs_f64() * 1e6 / f64::from(count.max(1));
    println!(
        "the index caught up in {:?}, {each:.1} µs a message",
        begun.elapsed()
    );
    storage.close().await?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

#[allow(clippy::print_stdout)]
fn report(senders: usize, count: u32, groups: u32, wall: Duration, cpu: Duration) {
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(count.max(1));
    println!(
        "{senders} senders: {:.0} acks/s, {:.1} a group; for each {:.2} µs, of CPU {:.2} µs",
        f64::from(count) / wall.as_secs_f64(),
        f64::from(count) / f64::from(groups.max(1)),
        each(wall),
        each(cpu),
    );
}

async fn user(storage: &dyn storage::Storage, n: usize) -> anyhow::Result<UserId> {
    let new = NewUser {
        username: format!("user{n}"),
        name: format!("User {n}"),
        role: Role::Member,
        password: None,
        created: Time::from_millis(0),
        rooms: vec![RoomId::GENERAL],
    };
    match storage.create_user(new, Admission::Open).await? {
        Admitted::User(user) => Ok(user.id),
        other => anyhow::bail!("{other:?}"),
    }
}

async fn sender(by: UserId, log: mpsc::Sender<Waiting>, deadline: Instant) {
    let mut chance = 0x9E37_79B9_7F4A_7C15_u64 ^ by.0.cast_unsigned();
    while Instant::now() < deadline {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let act = Act {
            room: RoomId::GENERAL,
            by,
            name: "Somebody".to_owned(),
            time: Time::from_millis(1_795_000_000_000),
            kind: ActKind::Message {
                text: TEXT.to_owned(),
                nonce: format!("{chance:016x}{:06x}", chance >> 40),
                reply_to: None,
                mentions: Vec::new(),
                files: Vec::new(),
            },
        };
        let (answer, answered) = oneshot::channel();
        if log.send((act, answer)).await.is_err() || answered.await.is_err() {
            return;
        }
    }
}

/// The CPU time of this process, user and system, by the kernel's clock ticks of 10 ms.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after.split_whitespace().skip(11).take(2);
    Duration::from_millis(10 * ticks.filter_map(|n| n.parse::<u64>().ok()).sum::<u64>())
}
