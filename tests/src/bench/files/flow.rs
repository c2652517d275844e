//! Streams of bytes, up and down, on one thread, the same for every server.

use std::fmt;
use std::os::fd::OwnedFd;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::event::epoll::{self, EventFlags};

use crate::bench::conn::{Conn, READ_BYTES};
use crate::bench::files::answer::Answer;
use crate::bench::files::body::{Body, PIECE};
use crate::bench::files::target::Target;

/// Readiness taken from the kernel at once.
const EVENTS: usize = 64;

/// One connection that downloads, or uploads, again and again.
struct Stream {
    conn: Conn,
    answer: Answer,
    /// The upload under way, and how much of it is to be sent.
    sending: Option<(Body, u64)>,
    /// Whether the kernel is asked about room to write.
    armed: bool,
    busy: bool,
}

/// Streams to one server.
pub struct Flow {
    poll: OwnedFd,
    events: Vec<epoll::Event>,
    scratch: Vec<u8>,
    streams: Vec<Stream>,
    /// Bytes of bodies handed to TLS for sending.
    pub sent: u64,
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("streams", &self.streams.len())
            .finish_non_exhaustive()
    }
}

impl Flow {
    /// Connections to a server, at rest.
    ///
    /// # Errors
    ///
    /// Those of the sockets.
    pub fn open(target: &dyn Target, streams: usize) -> Result<Self> {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut flow = Self {
            poll,
            events: Vec::with_capacity(EVENTS),
            scratch: vec![0; READ_BYTES],
            streams: Vec::new(),
            sent: 0,
        };
        for at in 0..streams {
            let conn = target.connect()?;
            conn.set_nonblocking()?;
            let data = epoll::EventData::new_u64(at as u64);
            let flags = EventFlags::IN | EventFlags::OUT;
            epoll::add(&flow.poll, conn.socket(), data, flags)?;
            flow.streams.push(Stream {
                conn,
                answer: Answer::default(),
                sending: None,
                armed: true,
                busy: false,
            });
        }
        Ok(flow)
    }

    /// Sends a request without a body on the stream `at`.
    ///
    /// # Errors
    ///
    /// Those of TLS and of the socket.
    pub fn ask(&mut self, at: usize, head: &str) -> Result<()> {
        let stream = &mut self.streams[at];
        stream.busy = true;
        stream.conn.queue(head.as_bytes());
        stream.conn.flush()?;
        self.arm(at)
    }

    /// Begins an upload on the stream `at`.
    ///
    /// # Errors
    ///
    /// Those of TLS and of the socket.
    pub fn begin(&mut self, at: usize, head: &str, body: Body, size: u64) -> Result<()> {
        self.streams[at].sending = Some((body, size));
        self.ask(at, head)
    }

    /// Bytes of bodies that arrived.
    pub fn came(&self) -> u64 {
        self.streams.iter().map(|stream| stream.answer.body).sum()
    }

    /// Waits for readiness, moves every stream that has some, and gives those
    /// whose answer is complete.
    ///
    /// # Errors
    ///
    /// When a connection ends, or the server refuses.
    pub fn turn(&mut self, within: Duration) -> Result<Vec<usize>> {
        let within = rustix::event::Timespec {
            tv_sec: i64::try_from(within.as_secs())?,
            tv_nsec: i64::from(within.subsec_nanos()),
        };
        self.events.clear();
        let room = rustix::buffer::spare_capacity(&mut self.events);
        match epoll::wait(&self.poll, room, Some(&within)) {
            Err(rustix::io::Errno::INTR) => return Ok(Vec::new()),
            other => other?,
        };
        let ready: Vec<(usize, EventFlags)> = self
            .events
            .iter()
            .map(|event| Ok((usize::try_from(event.data.u64())?, event.flags)))
            .collect::<Result<_>>()?;
        let mut done = Vec::new();
        for (at, flags) in ready {
            if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR)
                && self.receive(at)?
            {
                done.push(at);
            }
            if flags.contains(EventFlags::OUT) {
                self.send(at)?;
            }
            self.arm(at)?;
        }
        Ok(done)
    }

    fn receive(&mut self, at: usize) -> Result<bool> {
        let stream = &mut self.streams[at];
        let answer = &mut stream.answer;
        stream
            .conn
            .read(&mut self.scratch, &mut |bytes| answer.take(bytes))?;
        let complete = answer.is_complete()?;
        if stream.conn.closed {
            bail!("the server closed the connection");
        }
        if complete && stream.sending.is_some() {
            bail!("the server answered before it had all");
        }
        stream.busy &= !complete;
        Ok(complete)
    }

    /// One piece at a time, so that no stream keeps another waiting.
    fn send(&mut self, at: usize) -> Result<()> {
        let stream = &mut self.streams[at];
        stream.conn.flush()?;
        if stream.conn.has_unsent() {
            return Ok(());
        }
        if let Some((body, left)) = &mut stream.sending {
            let bytes = body.next(*left);
            stream.conn.queue(bytes);
            *left -= bytes.len() as u64;
            self.sent += bytes.len() as u64;
            if *left == 0 {
                stream.sending = None;
            }
            stream.conn.flush()?;
        }
        Ok(())
    }

    fn arm(&mut self, at: usize) -> Result<()> {
        let stream = &mut self.streams[at];
        let wants = stream.sending.is_some() || stream.conn.has_unsent();
        if wants != stream.armed {
            stream.armed = wants;
            let mut flags = EventFlags::IN;
            flags.set(EventFlags::OUT, wants);
            let data = epoll::EventData::new_u64(at as u64);
            epoll::modify(&self.poll, stream.conn.socket(), data, flags)
                .context("asking the kernel")?;
        }
        Ok(())
    }
}

const _: () = assert!(PIECE <= READ_BYTES);
