//! A gate before a server: each connection passes so many bytes and is then held, so that
//! something can be cut in its middle for sure, however fast the machine is.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use crate::parlord::Parlord;
use crate::until::{SOON, until};

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// A gate that listens on a port of its own.
#[derive(Debug)]
pub struct Gate {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Bytes that a connection may pass in one direction; all if `None`.
    most: Option<u64>,
    /// Connections that are held now.
    held: usize,
    /// Bytes that passed since the gate was last shut, both ways.
    passed: u64,
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts bytes of a connection that has passed `before`, and holds it while the gate is shut.
    fn pass(&self, before: u64, count: u64) {
        let mut state = self.lock();
        let shut = |state: &State| state.most.is_some_and(|most| before + count > most);
        if shut(&state) {
            state.held += 1;
            while shut(&state) {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            state.held -= 1;
        }
        state.passed += count;
    }
}

impl Gate {
    /// A gate before this port of the loopback. It is open.
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub fn new(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let shared = Arc::<Shared>::default();
        let of_all = Arc::clone(&shared);
        // It ends with the test's process; what it carries ends with its connections.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // While the server is down a client is refused as it would be without the gate.
                if let Ok(server) = TcpStream::connect(("127.0.0.1", server)) {
                    carry(&client, &server, &of_all);
                    carry(&server, &client, &of_all);
                }
            }
        });
        Self { port, shared }
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The link of a server whose port it stands before, through it.
    pub fn link(&self, server: &Parlord) -> String {
        let port = |port| format!(":{port}");
        let link = server.link();
        link.replace(&port(server.port()), &port(self.port))
    }

    /// From now on a connection is held once it has passed so many bytes in one direction.
    pub fn shut_after(&self, bytes: u64) {
        let mut state = self.shared.lock();
        state.most = Some(bytes);
        state.passed = 0;
    }

    /// Waits until a connection is held.
    pub fn until_held(&self) {
        until("a held connection", SOON, || {
            (self.shared.lock().held > 0).then_some(())
        });
    }

    /// Lets everything pass.
    pub fn open(&self) {
        self.shared.lock().most = None;
        self.shared.changed.notify_all();
    }

    /// Bytes that passed, both ways, since it was last shut.
    pub fn passed(&self) -> u64 {
        self.shared.lock().passed
    }
}

/// Carries one direction on a thread of its own.
fn carry(from: &TcpStream, to: &TcpStream, shared: &Arc<Shared>) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
        return;
    };
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        let mut piece = vec![0; PIECE];
        let mut before = 0;
        while let Ok(count) = from.read(&mut piece)
            && count > 0
        {
            shared.pass(before, count as u64);
            before += count as u64;
            if to.write_all(&piece[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}
