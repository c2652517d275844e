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
