//! What a password must be, as the configuration says.

use parlor_protocol::limits;
use serde::{Deserialize, Serialize};
use zxcvbn::zxcvbn;

/// Characters of a password by which its guessing is estimated. An estimate
/// of longer ones says nothing else, and can take a second for what was made to.
const ESTIMATED_CHARS: usize = 32;

/// Usernames shorter than this stand in many a good password by chance.
const USERNAME_CHARS: usize = 3;

/// What a password must be: the configuration's `[passwords]`.
///
/// By default 10 characters or more, hard to guess by zxcvbn's estimate (3 of
/// 4: ten to the eighth guesses and more, the least that its authors call safe), and without
/// the username. Prescribed kinds of characters are off: they make passwords
/// harder to remember, hardly harder to guess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordRules {
    /// Characters at least.
    pub min_length: usize,
    /// Characters at most; the protocol's bound alone if not said.
    pub max_length: Option<usize>,
    /// Whether a lower-case letter must be in it.
    pub require_lower: bool,
    /// Whether an upper-case letter must be in it.
    pub require_upper: bool,
    /// Whether a digit must be in it.
    pub require_digit: bool,
    /// Signs of which one at least must be in it (`"$#@"`); none if empty.
    pub require_one_of: String,
    /// How hard to guess it must be: zxcvbn's score from 0 (anything) to 4.
    pub min_score: u8,
    /// Whether the username may not stand in it.
    pub not_contain_username: bool,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            min_length: 10,
            max_length: None,
            require_lower: false,
            require_upper: false,
            require_digit: false,
            require_one_of: String::new(),
            min_score: 3,
            not_contain_username: true,
        }
    }
}

impl PasswordRules {
    /// Whether a password can meet these rules at all.
    ///
    /// # Errors
    ///
    /// The configuration's key that is wrong, and why.
    pub fn validate(&self) -> Result<(), (&'static str, &'static str)> {
        if !(1..=limits::PASSWORD_BYTES).contains(&self.min_length) {
            return Err(("passwords.min_length", "must be 1 to 1024"));
        }
        if self.max_length.is_some_and(|max| max < self.min_length) {
            return Err(("passwords.max_length", "must not be below min_length"));
        }
        if self.min_score > 4 {
            return Err(("passwords.min_score", "must be 0 to 4"));
        }
        Ok(())
    }

    /// The rules, for people: a sentence each.
    pub fn describe(&self) -> Vec<String> {
        let mut rules = vec![format!("{}.", self.composition())];
        if self.min_score > 0 {
            rules.push(GUESSABLE.to_owned());
        }
        if self.not_contain_username {
            rules.push(HAS_USERNAME.to_owned());
        }
        rules
    }

    /// "6 to 12 characters, with a lower-case and an upper-case letter, a
    /// digit and one of $ # @".
    fn composition(&self) -> String {
        let mut parts = Vec::new();
        match (self.require_lower, self.require_upper) {
            (true, true) => parts.push("a lower-case and an upper-case letter".to_owned()),
            (true, false) => parts.push("a lower-case letter".to_owned()),
            (false, true) => parts.push("an upper-case letter".to_owned()),
            (false, false) => {}
        }
        if self.require_digit {
            parts.push("a digit".to_owned());
        }
        if !self.require_one_of.is_empty() {
            parts.push(self.signs());
        }
        let with = match parts.split_last() {
            None => String::new(),
            Some((last, [])) => format!(", with {last}"),
            Some((last, first)) => format!(", with {} and {last}", first.join(", ")),
        };
        format!("{}{with}", self.length())
    }

    fn length(&self) -> String {
        match self.max_length {
            Some(max) => format!("{} to {max} characters", self.min_length),
            None => format!("At least {} characters", self.min_length),
        }
    }

    fn signs(&self) -> String {
        let signs: Vec<String> = self.require_one_of.chars().map(String::from).collect();
        format!("one of {}", signs.join(" "))
    }

    /// Each rule that a password does not meet, for people; empty if it is
    /// good. An empty username is nobody's.
    pub fn broken(&self, password: &str, username: &str) -> Vec<String> {
        let mut broken = Vec::new();
        let mut check = |met: bool, rule: &str| {
            if !met {
                broken.push(rule.to_owned());
            }
        };
        let count = password.chars().count();
        let fits = count >= self.min_length && self.max_length.is_none_or(|max| count <= max);
        let has = |kind: fn(char) -> bool| password.chars().any(kind);
        check(fits, &format!("{}.", self.length()));
        check(
            !self.require_lower || has(char::is_lowercase),
            "A lower-case letter.",
        );
        check(
            !self.require_upper || has(char::is_uppercase),
            "An upper-case letter.",
        );
        check(
            !self.require_digit || has(|c| c.is_ascii_digit()),
            "A digit.",
        );
        let has_sign = password.chars().any(|c| self.require_one_of.contains(c));
        let signs = self.signs();
        check(
            self.require_one_of.is_empty() || has_sign,
            &format!("{}{}.", signs[..1].to_uppercase(), &signs[1..]),
        );
        check(!self.has_username(password, username), HAS_USERNAME);
        // An estimate costs more than all other rules, and says nothing of a
        // password that is too short.
        check(
            self.min_score == 0 || !fits || self.is_hard(password, username),
            GUESSABLE,
        );
        broken
    }

    fn has_username(&self, password: &str, username: &str) -> bool {
        self.not_contain_username
            && username.len() >= USERNAME_CHARS
            && password.to_lowercase().contains(&username.to_lowercase())
    }

    fn is_hard(&self, password: &str, username: &str) -> bool {
        let end = password.char_indices().nth(ESTIMATED_CHARS);
        let head = end.map_or(password, |(at, _)| &password[..at]);
        u8::from(zxcvbn(head, &[username, "parlor"]).score()) >= self.min_score
    }

    /// The good ones of a comma-separated list, in its order
    /// (`parlord check-passwords`).
    pub fn good_of<'a>(&self, list: &'a str) -> Vec<&'a str> {
        list.split(',')
            .map(str::trim)
            .filter(|password| self.broken(password, "").is_empty())
            .collect()
    }
}

const GUESSABLE: &str =
    "Hard to guess: no common word, name, date or row of keys with little else.";
const HAS_USERNAME: &str = "Without the username in it.";

#[cfg(test)]
mod tests {
    use super::*;

    fn classic() -> PasswordRules {
        PasswordRules {
            min_length: 6,
            max_length: Some(12),
            require_lower: true,
            require_upper: true,
            require_digit: true,
            require_one_of: "$#@".to_owned(),
            min_score: 0,
            not_contain_username: false,
        }
    }

    #[test]
    fn the_default_asks_for_length_and_luck() {
        let rules = PasswordRules::default();
        let check = |password: &str, expected: &[&str]| {
            assert_eq!(rules.broken(password, "alice"), expected, "{password:?}");
        };
        check("plum-harbour-tin-41", &[]);
        check("đường về nhà xa lắm", &[]);
        check("我们明天早上去图书馆", &[]);
        check("short", &["At least 10 characters."]);
        check("", &["At least 10 characters."]);
        check("password12", &[GUESSABLE]);
        check("aaaaaaaaaaaa", &[GUESSABLE]);
        check("qwertyuiop", &[GUESSABLE]);
        check("1234567890", &[GUESSABLE]);
        check("plum-ALICE-tin-41", &[HAS_USERNAME]);
        check("alicealice", &[HAS_USERNAME, GUESSABLE]);
        assert_eq!(
            rules.describe(),
            ["At least 10 characters.", GUESSABLE, HAS_USERNAME]
        );
    }

    #[test]
    fn the_classic_exercise_comes_out() {
        let rules = classic();
        assert_eq!(
            rules.describe(),
            [
                "6 to 12 characters, with a lower-case and an upper-case letter, a digit and one of $ # @."
            ]
        );
        assert_eq!(rules.good_of("Abc123@1,aF1#,2w3E*,2We3345"), ["Abc123@1"]);
        assert_eq!(rules.good_of(" Abc123@1 ,,Xy9$zz"), ["Abc123@1", "Xy9$zz"]);
        assert_eq!(
            rules.broken("abcdefghijklm", ""),
            [
                "6 to 12 characters.",
                "An upper-case letter.",
                "A digit.",
                "One of $ # @."
            ]
        );
    }

    #[test]
    fn rules_that_nothing_meets_are_named() {
        let check = |rules: PasswordRules, key: &str| {
            assert_eq!(rules.validate().err().map(|e| e.0), Some(key));
        };
        assert_eq!(classic().validate(), Ok(()));
        assert_eq!(PasswordRules::default().validate(), Ok(()));
        let base = PasswordRules::default;
        check(
            PasswordRules {
                max_length: Some(9),
                ..base()
            },
            "passwords.max_length",
        );
        check(
            PasswordRules {
                min_score: 5,
                ..base()
            },
            "passwords.min_score",
        );
        check(
            PasswordRules {
                min_length: 0,
                ..base()
            },
            "passwords.min_length",
        );
    }

    #[test]
    fn long_passwords_take_no_long_time() {
        let long = "aB3$".repeat(256);
        assert_eq!(PasswordRules::default().broken(&long, "alice").len(), 1);
    }
}
