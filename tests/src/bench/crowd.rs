//! Many connections on one thread.

use std::fmt;
use std::os::fd::OwnedFd;
use std::time::Duration;

use anyhow::Result;
use rustix::event::epoll;

use crate::bench::conn::{Conn, READ_BYTES};

/// Readiness taken from the kernel at once.
const EVENTS: usize = 1024;

/// Connections and what the kernel says of them.
pub struct Crowd {
    poll: OwnedFd,
    events: Vec<epoll::Event>,
    scratch: Vec<u8>,
    /// The connections, in the order they were added.
    pub members: Vec<Conn>,
}

impl fmt::Debug for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crowd")
            .field("members", &self.members.len())
            .finish_non_exhaustive()
    }
}

impl Crowd {
    /// Nobody yet.
    ///
    /// # Errors
    ///
    /// Those of `epoll`.
    pub fn new() -> Result<Self> {
        Ok(Self {
            poll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            events: Vec::with_capacity(EVENTS),
            scratch: vec![0; READ_BYTES],
            members: Vec::new(),
        })
    }

    /// Adds a connection, which from now on never waits.
    ///
    /// # Errors
    ///
    /// Those of `epoll`.
    pub fn add(&mut self, conn: Conn) -> Result<()> {
        conn.set_nonblocking()?;
        let data = epoll::EventData::new_u64(self.members.len() as u64);
        epoll::add(&self.poll, conn.socket(), data, epoll::EventFlags::IN)?;
        self.members.push(conn);
        Ok(())
    }

    /// Puts a new connection in the place of an old one.
    ///
    /// # Errors
    ///
    /// Those of `epoll`.
    pub fn replace(&mut self, at: usize, conn: Conn) -> Result<()> {
        conn.set_nonblocking()?;
        let _ = epoll::delete(&self.poll, self.members[at].socket());
        let data = epoll::EventData::new_u64(at as u64);
        epoll::add(&self.poll, conn.socket(), data, epoll::EventFlags::IN)?;
        self.members[at] = conn;
        Ok(())
    }

    /// Waits for bytes, at most `within`, and reads once from everybody who
    /// has some; `on` gets who and what.
    ///
    /// # Errors
    ///
    /// Those of `epoll`, TLS, and the sockets.
    pub fn turn(&mut self, within: Duration, mut on: impl FnMut(usize, &[u8])) -> Result<()> {
        let within = rustix::event::Timespec {
            tv_sec: i64::try_from(within.as_secs())?,
            tv_nsec: i64::from(within.subsec_nanos()),
        };
        self.events.clear();
        match epoll::wait(
            &self.poll,
            rustix::buffer::spare_capacity(&mut self.events),
            Some(&within),
        ) {
            Err(rustix::io::Errno::INTR) => return Ok(()),
            other => other?,
        };
        for event in &self.events {
            let at = usize::try_from(event.data.u64())?;
            let member = &mut self.members[at];
            member.read(&mut self.scratch, &mut |bytes| on(at, bytes))?;
            if member.has_unsent() && !member.closed {
                member.flush()?;
            }
        }
        Ok(())
    }

    /// Reads whatever still comes until nothing has come for `quiet`.
    ///
    /// # Errors
    ///
    /// As [`Self::turn`].
    pub fn settle(&mut self, quiet: Duration) -> Result<()> {
        loop {
            let mut came = false;
            self.turn(quiet, |_, _| came = true)?;
            if !came {
                return Ok(());
            }
        }
    }

    /// Whether somebody was put out.
    pub fn lost(&self) -> usize {
        self.members.iter().filter(|member| member.closed).count()
    }
}
