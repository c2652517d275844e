//! A wire between a client and a server that stops in the middle of a
//! transfer, so that a test can break off at a known moment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::until::{SOON, until};

/// What is passed on at once.
const PIECE: usize = 64 * 1024;
/// How often one that is held looks whether it may go on.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A running wire.
#[derive(Debug)]
pub struct Gate {
    /// Where the client connects.
    pub address: String,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    passed: AtomicU64,
    bound: AtomicU64,
}

impl Gate {
    /// A wire to a server, open.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let state = Arc::new(State::default());
        state.bound.store(u64::MAX, Ordering::SeqCst);
        let (shared, to) = (Arc::clone(&state), to.to_owned());
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(&to) else {
                    continue;
                };
                for (from, into) in [(&near, &far), (&far, &near)] {
                    let pair = from
                        .try_clone()
                        .and_then(|from| Ok((from, into.try_clone()?)));
                    let (from, into) = pair.expect("a socket can be cloned");
                    let state = Arc::clone(&shared);
                    std::thread::spawn(move || state.copy(from, into));
                }
            }
        });
        Self { address, state }
    }

    /// From now on so many bytes pass, both ways together, and then none.
    pub fn stop_after(&self, bytes: u64) {
        self.state.passed.store(0, Ordering::SeqCst);
        self.state.bound.store(bytes, Ordering::SeqCst);
    }

    /// Waits until that many have passed.
    pub fn wait(&self) {
        until("the middle of the transfer", 2 * SOON, || {
            let passed = self.state.passed.load(Ordering::SeqCst);
            (passed >= self.state.bound.load(Ordering::SeqCst)).then_some(())
        });
    }

    /// Everything passes again.
    pub fn open(&self) {
        self.state.bound.store(u64::MAX, Ordering::SeqCst);
    }
}

impl State {
    fn copy(&self, mut from: TcpStream, mut into: TcpStream) {
        let mut piece = vec![0; PIECE];
        while let Ok(n) = from.read(&mut piece) {
            while self.passed.load(Ordering::SeqCst) >= self.bound.load(Ordering::SeqCst) {
                std::thread::sleep(LOOK_EVERY);
            }
            if n == 0 || into.write_all(&piece[..n]).is_err() {
                break;
            }
            self.passed.fetch_add(n as u64, Ordering::SeqCst);
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = into.shutdown(Shutdown::Both);
    }
}
