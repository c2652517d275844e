//! Steps, radii and the sizes of the frame, in pixels.

/// The steps of space are 2 4 8 12 16 20 24 32; these have a name.
pub(crate) const S8: f32 = 8.0;
/// See [`S8`].
pub(crate) const S12: f32 = 12.0;
/// See [`S8`].
pub(crate) const S20: f32 = 20.0;

/// The radius of key hints and code.
pub(crate) const RADIUS_KEY: f32 = 4.0;
/// The radius of buttons, inputs, rows and servers.
pub(crate) const RADIUS_CONTROL: f32 = 6.0;
/// The radius of cards, the composer and menus.
pub(crate) const RADIUS_CARD: f32 = 8.0;
/// The radius of dialogs.
pub(crate) const RADIUS_DIALOG: f32 = 12.0;
/// A radius that makes badges, pills and people round.
pub(crate) const RADIUS_FULL: f32 = 999.0;

/// The sidebar's width.
pub(crate) const SIDEBAR: f32 = 248.0;
/// The sidebar's width in a narrow window.
pub(crate) const SIDEBAR_NARROW: f32 = 200.0;
/// The header's height.
pub(crate) const HEADER: f32 = 52.0;
/// The status bar's height.
pub(crate) const STATUS_BAR: f32 = 26.0;
/// The height of a row of the sidebar.
pub(crate) const SIDEBAR_ROW: f32 = 30.0;
/// The side of an icon button.
pub(crate) const ICON_BUTTON: f32 = 28.0;
/// The height of a button.
pub(crate) const BUTTON: f32 = 32.0;
/// The height of a small button.
pub(crate) const BUTTON_SMALL: f32 = 26.0;
/// The height of an input.
pub(crate) const INPUT: f32 = 36.0;
/// The switcher's width.
pub(crate) const SWITCHER: f32 = 600.0;
/// How far the switcher hangs from the top.
pub(crate) const SWITCHER_TOP: f32 = 88.0;
/// A dialog's width.
pub(crate) const DIALOG: f32 = 520.0;
/// A menu's width.
pub(crate) const MENU: f32 = 224.0;
/// The height of a menu's row.
pub(crate) const MENU_ROW: f32 = 28.0;
/// A toast's width.
pub(crate) const TOAST: f32 = 360.0;
/// How wide the text of a message becomes.
pub(crate) const MESSAGE_TEXT: f32 = 720.0;
