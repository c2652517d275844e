//! The languages of the pages, and which of them a browser asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// A language that pages may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// English, which every text exists in.
    English,
    /// Vietnamese.
    Vietnamese,
    /// French.
    French,
    /// Chinese, in simplified characters.
    Chinese,
}

/// Ranges of one `Accept-Language` that are looked at; browsers send a handful.
const RANGES: usize = 32;

impl Language {
    /// All of them; English is the one that stands in for what others lack.
    pub(crate) const ALL: [Self; 4] =
        [Self::English, Self::Vietnamese, Self::French, Self::Chinese];

    /// The tag of BCP 47, which is also the name of its folder.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Vietnamese => "vi",
            Self::French => "fr",
            Self::Chinese => "zh",
        }
    }

    /// The one that a browser likes best, by `Accept-Language` (RFC 9110, 12.5.4).
    pub(crate) fn asked_for(headers: &HeaderMap) -> Self {
        let asked = headers.get(ACCEPT_LANGUAGE);
        let asked = asked.and_then(|value| value.to_str().ok());
        asked.map_or(Self::English, Self::of_ranges)
    }

    fn of_ranges(ranges: &str) -> Self {
        let mut best = (0, Self::English);
        for range in ranges.split(',').take(RANGES) {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let Some(language) = Self::of_range(tag.trim()) else {
                continue;
            };
            let weight = weight(parameters.trim());
            // Of two that are liked alike the first wins.
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    fn of_range(range: &str) -> Option<Self> {
        let primary = range.split('-').next()?;
        let mut all = Self::ALL.into_iter();
        all.find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }
}

/// A weight in thousandths (RFC 9110, 12.4.2); 0, which is "not at all", for what is none.
fn weight(parameters: &str) -> u16 {
    if parameters.is_empty() {
        return 1_000;
    }
    let value = parameters
        .strip_prefix("q=")
        .or(parameters.strip_prefix("Q="));
    let weight = value.and_then(|value| value.trim().parse::<f32>().ok());
    match weight {
        Some(weight) if (0.0..=1.0).contains(&weight) => (weight * 1_000.0).round() as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_ask_for() {
        let check = |ranges: &str, expected: &str| {
            assert_eq!(Language::of_ranges(ranges).tag(), expected, "{ranges}");
        };
        check("", "en");
        check("fr", "fr");
        check("vi-VN,vi;q=0.9,fr-FR;q=0.8,en;q=0.7", "vi");
        check("zh-Hans-CN", "zh");
        check("ZH-tw;q=0.5, FR;q=0.6", "fr");
        check("de-DE, de;q=0.9, fr;q=0.3", "fr");
        check("de", "en");
        check("*", "en");
        check("fr;q=0, vi;q=0.001", "vi");
        check("fr;q=0", "en");
        check("fr;q=9, vi;q=nan, zh;q=inf, en;q=", "en");
        check("fr;x=1", "en");
        check(",,;;q=1,-,fr", "fr");
        check("frx, vi", "vi");
    }
}
