//! The window: its size, its parts, and where the keyboard is.

use parlor_protocol::Time;

use crate::model::Preferences;

/// Room names and topics give way below this width.
pub(crate) const TOPIC_FROM: f32 = 960.0;
/// The sidebar is narrow below this width.
pub(crate) const WIDE_SIDEBAR_FROM: f32 = 840.0;
/// Settings and the host page have two columns from this width on.
pub(crate) const TWO_COLUMNS_FROM: f32 = 1100.0;
/// A right panel docks only while the timeline keeps this width.
pub(crate) const TIMELINE_KEEPS: f32 = 560.0;
/// The sidebar's width, and its width in a narrow window.
pub(crate) const SIDEBAR: (f32, f32) = (248.0, 200.0);

/// The window as it is now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    /// Its size in logical pixels, the text size already taken out.
    pub size: (f32, f32),
    /// Whether it has the system's focus.
    pub focused: bool,
    /// Since when another window has it.
    pub left: Option<Time>,
    /// Whether people were told that one is away.
    pub away: bool,
    /// Whether the system's own windows are light.
    pub system_light: bool,
    /// Which of its parts has the keyboard.
    pub region: Region,
    /// Whether the keyboard was last used to move about, so that the focus ring shows.
    pub keyboard: bool,
    /// The right panel, if one is open.
    pub panel: Option<Panel>,
    /// Which panel is about those of the talk in front: people, or the safety of one.
    pub beside: Panel,
    /// Whether the sidebar shows.
    pub sidebar: bool,
    /// What the middle shows.
    pub middle: Middle,
    /// How many files are held over the window, to be dropped.
    pub hovered: usize,
    /// What becomes of keys while an answer decides where the keyboard goes.
    pub ahead: Ahead,
}

/// What becomes of keys that are typed ahead: a talk opens a moment after somebody was chosen, and the
/// first letters are meant for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ahead {
    /// Whether they wait.
    pub waits: bool,
    /// How often those that waited were dropped, for nothing opened that they were meant for.
    pub dropped: u32,
}

impl Ahead {
    /// From now on they wait.
    pub(crate) fn wait(&mut self) {
        self.waits = true;
    }

    /// What they were meant for is there.
    pub(crate) fn go(&mut self) {
        self.waits = false;
    }

    /// It will not be there.
    pub(crate) fn drop(&mut self) {
        if std::mem::take(&mut self.waits) {
            self.dropped = self.dropped.wrapping_add(1);
        }
    }
}

/// What the middle of the main screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Middle {
    /// The talk of the room in front.
    #[default]
    Talk,
    /// The list of files.
    Files,
}

/// The parts F6 goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Region {
    /// Rooms and direct talk.
    Sidebar,
    /// Messages.
    Timeline,
    /// The field for a message.
    #[default]
    Composer,
    /// The right panel.
    Panel,
}

/// What the right panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Panel {
    /// Who is in the room.
    People,
    /// How far the person of a talk is trusted.
    Safety,
    /// What a search found.
    Search,
    /// Files on their way, and those that are there.
    Transfers,
}

impl Panel {
    /// Its width.
    pub(crate) fn width(self) -> f32 {
        match self {
            Self::People => 232.0,
            Self::Safety => 312.0,
            Self::Search => 400.0,
            Self::Transfers => 340.0,
        }
    }
}

impl Window {
    /// A window of that size, as it opens.
    pub(crate) fn new(size: (f32, f32)) -> Self {
        Self {
            size,
            focused: true,
            left: None,
            away: false,
            system_light: false,
            region: Region::default(),
            keyboard: false,
            panel: Some(Panel::People),
            beside: Panel::People,
            sidebar: true,
            middle: Middle::default(),
            hovered: 0,
            ahead: Ahead::default(),
        }
    }

    /// With what the user chose to see.
    pub(crate) fn with(mut self, preferences: &Preferences) -> Self {
        self.sidebar = preferences.sidebar;
        self.panel = None;
        self.resize(self.size, preferences.people);
        self
    }

    /// Takes a new size. People stand beside the timeline only where it keeps its
    /// width; over it they lie when they are asked for, never by themselves.
    pub(crate) fn resize(&mut self, size: (f32, f32), people: bool) {
        self.size = size;
        match self.panel {
            Some(Panel::People | Panel::Safety) if !self.panel_docks() => self.panel = None,
            None if people => {
                self.panel = Some(self.beside);
                if !self.panel_docks() {
                    self.panel = None;
                }
            }
            _ => {}
        }
    }

    /// Another talk is in front: this panel is about those in it.
    pub(crate) fn stand_beside(&mut self, panel: Panel, people: bool) {
        self.beside = panel;
        if matches!(self.panel, Some(Panel::People | Panel::Safety)) {
            self.panel = Some(panel);
            self.resize(self.size, people);
        } else if self.panel.is_none() {
            self.resize(self.size, people);
        }
    }

    /// The sidebar's width now; 0 while it is hidden.
    pub(crate) fn sidebar_width(&self) -> f32 {
        if !self.sidebar {
            0.0
        } else if self.size.0 < WIDE_SIDEBAR_FROM {
            SIDEBAR.1
        } else {
            SIDEBAR.0
        }
    }

    /// Whether the open panel stands beside the timeline; else it lies over it.
    pub(crate) fn panel_docks(&self) -> bool {
        let panel = self.panel.map_or(0.0, Panel::width);
        self.size.0 - self.sidebar_width() - panel >= TIMELINE_KEEPS
    }

    /// The next part for F6, or the one before; parts that do not show are passed over.
    pub(crate) fn next_region(&self, back: bool) -> Region {
        let all = [
            Region::Sidebar,
            Region::Timeline,
            Region::Composer,
            Region::Panel,
        ];
        let shows = |region: &Region| match region {
            Region::Sidebar => self.sidebar,
            Region::Panel => self.panel.is_some(),
            Region::Timeline | Region::Composer => true,
        };
        let at = all
            .iter()
            .position(|region| *region == self.region)
            .unwrap_or(0);
        let step = if back { all.len() - 1 } else { 1 };
        (1..=all.len())
            .map(|n| all[(at + n * step) % all.len()])
            .find(shows)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panel_docks_while_the_timeline_keeps_its_width() {
        let mut window = Window::new((1280.0, 800.0));
        assert!(window.panel_docks());
        window.panel = Some(Panel::Search);
        window.size.0 = 1207.0;
        assert!(!window.panel_docks());
        window.size.0 = 1208.0;
        assert!(window.panel_docks());
        window.size.0 = 720.0;
        assert_eq!(window.sidebar_width(), 200.0);
    }

    #[test]
    fn people_go_where_there_is_no_room_and_come_back() {
        let mut window = Window::new((1280.0, 800.0));
        window.resize((900.0, 800.0), true);
        assert_eq!(window.panel, None);
        window.resize((1280.0, 800.0), true);
        assert_eq!(window.panel, Some(Panel::People));
        window.panel = None;
        window.resize((1300.0, 800.0), false);
        assert_eq!(window.panel, None);
    }

    #[test]
    fn the_panel_follows_the_talk() {
        let mut window = Window::new((1280.0, 800.0));
        window.stand_beside(Panel::Safety, true);
        assert_eq!(window.panel, Some(Panel::Safety));
        // There is room for people, not for the safety of one.
        window.resize((1100.0, 800.0), true);
        assert_eq!(window.panel, None);
        window.stand_beside(Panel::People, true);
        assert_eq!(window.panel, Some(Panel::People));
        window.panel = Some(Panel::Search);
        window.stand_beside(Panel::Safety, true);
        assert_eq!(window.panel, Some(Panel::Search));
        window.panel = None;
        window.stand_beside(Panel::Safety, false);
        assert_eq!(window.panel, None);
    }

    #[test]
    fn f6_passes_over_what_does_not_show() {
        let mut window = Window::new((1280.0, 800.0));
        assert_eq!(window.next_region(false), Region::Panel);
        window.panel = None;
        assert_eq!(window.next_region(false), Region::Sidebar);
        assert_eq!(window.next_region(true), Region::Timeline);
        window.sidebar = false;
        window.region = Region::Timeline;
        assert_eq!(window.next_region(true), Region::Composer);
    }
}
