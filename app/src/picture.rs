//! Pictures that others sent, made ready to be drawn. Their bytes are a stranger's: what may be
//! decoded is bounded before anything is, so that a small file cannot fill the memory.

use std::io::Cursor;

use iced::widget::image::Handle;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

use crate::model::previews::Picture;

/// A picture with more pixels is not decoded: as many as a good camera takes.
const PIXELS: u64 = 50_000_000;
/// No side is longer.
const SIDE: u32 = 30_000;
/// What a decoder may allocate: the pixels above, in the widest form that is common.
const ALLOCATED: u64 = 420 << 20;

/// Small pictures are drawn in at most so many pixels: the place in a message, for a dense screen.
pub(crate) const SMALL: (u32, u32) = (480, 360);
/// Pictures in full are drawn in at most so many pixels: a large screen's.
pub(crate) const FULL: (u32, u32) = (2_560, 1_600);

/// Why a picture cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// It has more pixels than are decoded.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// Its bytes are not those of a picture.
    #[error("the bytes are not those of a picture")]
    Broken,
}

/// Decodes a picture and makes it fit. Takes its time: not for the thread that draws.
///
/// # Errors
///
/// [`Unreadable`] if it is too large or broken.
pub(crate) fn decode(bytes: &[u8], into: (u32, u32)) -> Result<Picture, Unreadable> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| Unreadable::Broken)?;
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(|error| of(&error))?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > SIDE || u64::from(width) * u64::from(height) > PIXELS {
        return Err(Unreadable::TooLarge);
    }
    decoder.set_limits(limits()).map_err(|error| of(&error))?;
    let turned = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| of(&error))?;
    let whole = (image.width(), image.height());
    if whole.0 > into.0 || whole.1 > into.1 {
        image = image.thumbnail(into.0, into.1);
    }
    let mut whole = whole;
    if let Some(turned) = turned {
        let before = image.width() > image.height();
        image.apply_orientation(turned);
        if before != (image.width() > image.height()) {
            whole = (whole.1, whole.0);
        }
    }
    let drawn = (image.width(), image.height());
    let handle = Handle::from_rgba(drawn.0, drawn.1, image.into_rgba8().into_raw());
    Ok(Picture {
        handle,
        drawn,
        whole,
    })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(ALLOCATED);
    limits
}

fn of(error: &image::ImageError) -> Unreadable {
    match error {
        image::ImageError::Limits(_) => Unreadable::TooLarge,
        _ => Unreadable::Broken,
    }
}

/// The picture on the clipboard as a PNG, if there is one. It blocks.
pub(crate) fn of_clipboard() -> Option<Vec<u8>> {
    let image = arboard::Clipboard::new().ok()?.get_image().ok()?;
    png(image.width, image.height, image.bytes.into_owned())
}

/// The bytes of a PNG of a picture from the clipboard; `None` if it is too large or no picture.
fn png(width: usize, height: usize, rgba: Vec<u8>) -> Option<Vec<u8>> {
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    if u64::from(width) * u64::from(height) > PIXELS {
        return None;
    }
    let image = image::RgbaImage::from_raw(width, height, rgba)?;
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(width: u32, height: u32) -> Vec<u8> {
        let pixels = vec![200; width as usize * height as usize * 4];
        png(width as usize, height as usize, pixels).unwrap()
    }

    #[test]
    fn a_picture_is_made_to_fit_and_never_grows() {
        let check = |size: (u32, u32), drawn: (u32, u32)| {
            let picture = decode(&sample(size.0, size.1), SMALL).unwrap();
            assert_eq!((picture.whole, picture.drawn), (size, drawn));
        };
        check((100, 50), (100, 50));
        check((960, 360), (480, 180));
        check((10, 1_000), (4, 360));
    }

    #[test]
    fn what_is_no_picture_is_said() {
        let whole = sample(40, 40);
        for bytes in [
            b"".as_slice(),
            b"<svg/>",
            b"GIF89a",
            &whole[..whole.len() / 2],
        ] {
            assert_eq!(decode(bytes, SMALL), Err(Unreadable::Broken));
        }
    }

    /// A PNG of some bytes that says to have 900 million pixels.
    #[test]
    fn a_picture_that_would_fill_the_memory_is_not_decoded() {
        let mut bomb = sample(8, 8);
        let sides = 30_000_u32.to_be_bytes();
        bomb[16..20].copy_from_slice(&sides);
        bomb[20..24].copy_from_slice(&sides);
        let sum = crc(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&sum);
        assert_eq!(decode(&bomb, SMALL), Err(Unreadable::TooLarge));
    }

    /// The sum behind a chunk of a PNG (ISO 3309).
    fn crc(bytes: &[u8]) -> u32 {
        let step = |sum: u32, byte: &u8| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                if sum & 1 == 1 {
                    0xEDB8_8320 ^ (sum >> 1)
                } else {
                    sum >> 1
                }
            })
        };
        !bytes.iter().fold(u32::MAX, step)
    }
}
