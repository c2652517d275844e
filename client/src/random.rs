//! Random marks. The system's own generator, for a nonce that two messages
//! shared would lose one of them.

/// That many random bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: usize) -> String {
    use std::fmt::Write;
    let mut random = vec![0; bytes];
    fill(&mut random);
    random.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A nonce for a new message: 128 random bits.
pub(crate) fn nonce() -> String {
    hex(16)
}

/// A number from 0 to 1, for jitter.
pub(crate) fn fraction() -> f64 {
    let mut random = [0; 4];
    fill(&mut random);
    f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX)
}

/// Fills with random bytes.
pub(crate) fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes)
        .expect("the system has random numbers: nothing safe can be done without");
}
