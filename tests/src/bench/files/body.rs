//! Bytes for an upload, none like another's: a store by content would keep
//! two equal ones once.

/// How many bytes are made at once.
pub const PIECE: usize = 256 * 1024;
/// Each of these many bytes says where it stands.
const STAMP_EVERY: usize = 4096;

/// An endless stream of bytes.
#[derive(Debug)]
pub struct Body {
    seed: u64,
    at: u64,
    piece: Vec<u8>,
}

impl Body {
    /// The bytes of this seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < PIECE {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            piece.extend_from_slice(&state.to_le_bytes());
        }
        Self { seed, at: 0, piece }
    }

    /// The next bytes, at most a [`PIECE`] of them.
    pub fn next(&mut self, most: u64) -> &[u8] {
        for page in self.piece.chunks_mut(STAMP_EVERY) {
            page[..8].copy_from_slice(&self.seed.to_le_bytes());
            page[8..16].copy_from_slice(&self.at.to_le_bytes());
            self.at += 1;
        }
        let n = usize::try_from(most).unwrap_or(PIECE).min(PIECE);
        &self.piece[..n]
    }
}
