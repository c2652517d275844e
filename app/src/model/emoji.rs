//! The emoji that are offered: those that people use most, by what they are for.

/// How many stand in a row of the picker.
pub(crate) const IN_A_ROW: usize = 8;

/// The emoji of the picker, in its order.
pub(crate) const OFFERED: [&str; 72] = [
    "👍", "❤️", "😂", "🎉", "🙏", "👀", "✅", "🔥", //
    "😀", "😄", "😅", "🤣", "🙂", "😉", "😊", "😍", //
    "😘", "😋", "😎", "🤔", "🤨", "😐", "🙄", "😬", //
    "😴", "😢", "😭", "😱", "😤", "😡", "🤯", "🥳", //
    "🤝", "👋", "👏", "🙌", "💪", "👌", "✌️", "🤞", //
    "👎", "🫡", "🤷", "🤦", "🧠", "💡", "⚡", "⭐", //
    "💯", "❓", "❗", "❌", "⚠️", "🚀", "🐛", "🔧", //
    "📌", "📎", "📝", "📅", "⏰", "💾", "🔒", "🔑", //
    "☕", "🍵", "🍜", "🍕", "🍰", "🍺", "🌞", "🌙", //
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_can_be_a_reaction_and_stands_once() {
        for emoji in OFFERED {
            assert!(parlor_protocol::names::is_emoji(emoji), "{emoji}");
        }
        assert_eq!(OFFERED.iter().collect::<BTreeSet<_>>().len(), OFFERED.len());
        assert_eq!(OFFERED.len() % IN_A_ROW, 0);
    }
}
