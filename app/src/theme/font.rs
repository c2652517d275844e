//! The faces: Fira Sans in two weights, Fira Mono, and the system's emoji.
//!
//! Scripts that Fira has not (Chinese, and in mono Vietnamese) fall back to
//! what the system has; emoji are named outright, because a text face with
//! monochrome glyphs for some of them would otherwise win.

use iced::Font;
use iced::advanced::graphics::text::cosmic_text::fontdb::{Database, FaceInfo, Weight as Heavy};
use iced::advanced::graphics::text::font_system;
use iced::font::{Family, Weight};

/// The bundled faces, to be loaded at the start. Regular comes with iced.
pub(crate) const BUNDLED: [&[u8]; 2] = [
    include_bytes!("../../../assets/fonts/FiraSans-Medium.ttf"),
    include_bytes!("../../../assets/fonts/FiraMono-Regular.ttf"),
];

/// Fira Sans 400: everything that is not said otherwise.
pub(crate) const REGULAR: Font = Font::with_name("Fira Sans");

/// Fira Sans 500: names, titles, buttons, what is unread.
pub(crate) const MEDIUM: Font = Font {
    weight: Weight::Medium,
    ..REGULAR
};

/// Fira Mono: code.
pub(crate) const MONO: Font = Font {
    family: Family::Name("Fira Mono"),
    ..Font::MONOSPACE
};

/// Colour emoji.
pub(crate) const EMOJI: Font = Font::with_name(if cfg!(target_os = "macos") {
    "Apple Color Emoji"
} else if cfg!(windows) {
    "Segoe UI Emoji"
} else {
    "Noto Color Emoji"
});

/// The beginnings of the names of the sans faces that the toolkit falls back
/// to for scripts that Fira has not.
const FALLBACKS: [&str; 4] = ["Noto Sans", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic"];

/// Lets the bold of the fallback faces serve as their medium, which most of
/// them lack. The toolkit falls back within one weight only, and else takes
/// any face with the letters: names and titles in Chinese came out in a serif.
pub(crate) fn lend_bold() {
    let mut fonts = font_system()
        .write()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    lend(fonts.raw().db_mut());
}

fn lend(faces: &mut Database) {
    let family = |face: &FaceInfo| face.families.first().map(|(name, _)| name.clone());
    let falls_back = |name: &String| FALLBACKS.iter().any(|start| name.starts_with(start));
    let mediums: std::collections::HashSet<_> = faces
        .faces()
        .filter(|face| face.weight == Heavy::MEDIUM)
        .filter_map(family)
        .collect();
    let lent: Vec<_> = faces
        .faces()
        .filter(|face| face.weight == Heavy::BOLD)
        .filter(|face| family(face).is_some_and(|n| falls_back(&n) && !mediums.contains(&n)))
        .map(|face| FaceInfo {
            weight: Heavy::MEDIUM,
            ..face.clone()
        })
        .collect();
    for face in lent {
        faces.push_face_info(face);
    }
}

#[cfg(test)]
mod tests {
    use iced::advanced::graphics::text::cosmic_text::fontdb::{
        ID, Language, Source, Stretch, Style,
    };

    use super::*;

    #[test]
    fn bold_serves_as_medium_where_there_is_none() {
        let face = |name: &str, weight| FaceInfo {
            id: ID::dummy(),
            source: Source::Binary(std::sync::Arc::new(Vec::<u8>::new())),
            index: 0,
            families: vec![(name.to_owned(), Language::English_UnitedStates)],
            post_script_name: name.to_owned(),
            style: Style::Normal,
            weight,
            stretch: Stretch::Normal,
            monospaced: false,
        };
        let check = |name: &str, weights: &[Heavy], expected: usize| {
            let mut faces = Database::new();
            for weight in weights {
                faces.push_face_info(face(name, *weight));
            }
            // A second time changes nothing.
            lend(&mut faces);
            lend(&mut faces);
            let mediums = faces.faces().filter(|face| face.weight == Heavy::MEDIUM);
            assert_eq!(mediums.count(), expected, "{name} {weights:?}");
        };
        check("Noto Sans CJK SC", &[Heavy::NORMAL, Heavy::BOLD], 1);
        check("Noto Sans CJK SC", &[Heavy::MEDIUM, Heavy::BOLD], 1);
        check("Noto Sans CJK SC", &[Heavy::NORMAL], 0);
        check("Noto Serif CJK SC", &[Heavy::NORMAL, Heavy::BOLD], 0);
    }
}
