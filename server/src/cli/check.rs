//! `parlord check-passwords`.

use clap::Args;
use parlord::passwords::Passwords;

use super::options::Place;
use super::print;

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// The passwords, separated by commas
    #[arg(value_name = "LIST")]
    list: String,
    #[command(flatten)]
    place: Place,
}

/// Prints the passwords that meet the rules, in the order given, on one line.
pub(crate) fn check_passwords(options: &CheckOptions) -> anyhow::Result<()> {
    let passwords = Passwords::new(options.place.config()?.passwords);
    print(&format!("{}\n", good_ones(&passwords, &options.list)))
}

fn good_ones(passwords: &Passwords, list: &str) -> String {
    // They are nobody's yet, so there is no username that they could hold.
    let is_good = |password: &&str| passwords.broken_rules(password, "").is_empty();
    let good: Vec<&str> = list.split(',').filter(is_good).collect();
    good.join(",")
}

#[cfg(test)]
mod tests {
    use parlord::passwords::PasswordRules;

    use super::*;

    #[test]
    fn the_good_ones_are_told_in_order() {
        let check = |rules: PasswordRules, list: &str, expected: &str| {
            assert_eq!(good_ones(&Passwords::new(rules), list), expected);
        };
        let classic = PasswordRules {
            min_length: 6,
            max_length: Some(12),
            require_lower: true,
            require_upper: true,
            require_digit: true,
            require_one_of: "$#@".into(),
            min_score: 0,
            not_contain_username: true,
        };
        check(classic.clone(), "Abc123@1,aF1#,2w3E*,2We3345", "Abc123@1");
        check(classic.clone(), "Abc123@1,,x,xY9$xY", "Abc123@1,xY9$xY");
        check(classic, "", "");
        let list = "tall-orange-kites-42,password1234,short";
        check(PasswordRules::default(), list, "tall-orange-kites-42");
    }
}
