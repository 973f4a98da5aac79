//! The whole reset policy as TOML that explains itself: what `policy show` prints and
//! `policy set` takes.

use std::fmt::Write as _;

use writeback_policy::access::{Method, ResetPolicy};

const HEAD: &str = "\
# The reset policy, all of it. Set it by
#   writeback admin policy set FILE
# What is left out has its default. Whether a certain person may, and why, is said by
#   writeback admin explain USER

# Who may reset:
#   \"off\"       nobody
#   \"selected\"  people in the group of an entry below
#   \"all\"       everybody
# Administrators have a switch of their own.
";

const DEFAULT: &str = "
# What holds for people whom no group's entry matches.
#   reset                  they may reset and unlock by themselves
#   methods                by which they prove who they are:
#                            METHODS
#   gates                  how many of the methods they have to pass, 1 or 2
#   registration_required  they are asked to register when they sign in
#   reconfirm_days         ... and to confirm it again after so many days, 0 (never) to 730
#   unlock_without_reset   they may have an account unlocked and keep the password
#   notify_user            they get a mail when their password was reset
#   notify_admins          all global administrators get one when an administrator's was
#   help_desk              a mail address or an https address, shown on pages
#   note                   a sentence of your own, shown where somebody is refused
";

const ADMINISTRATORS: &str = "
# Whoever holds a role: always two gates and never security-questions, whatever their groups say.
";

const GROUPS: &str = "
# Entries of groups, in order: the first whose group somebody is in, also through other groups,
# holds for them. What an entry leaves out is as in [default]. The id is found by the name when
# the policy is set, and counts from then on; a name can be another group's one day.
#   [[groups]]
#   group = \"Contractors\"
#   reset = false
";

/// The policy as a file. Reading it gives the same policy.
pub(super) fn text(policy: &ResetPolicy) -> Result<String, toml::ser::Error> {
    let ResetPolicy {
        scope,
        default_entry,
        administrators,
        groups,
    } = policy;
    let methods: Vec<_> = Method::ALL.iter().map(|method| method.id()).collect();
    let mut text = HEAD.to_owned();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "scope = \"{}\"", scope.id());
    text.push_str(&DEFAULT.replace("METHODS", &methods.join(", ")));
    let _ = write!(text, "[default]\n{}", toml::to_string(default_entry)?);
    text.push_str(ADMINISTRATORS);
    let _ = write!(
        text,
        "[administrators]\n{}",
        toml::to_string(administrators)?
    );
    text.push_str(GROUPS);
    for entry in groups {
        let _ = write!(text, "\n[[groups]]\n{}", toml::to_string(entry)?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_set() {
        let mut policy = ResetPolicy::default();
        assert_eq!(
            toml::from_str::<ResetPolicy>(&text(&policy).unwrap()).unwrap(),
            policy
        );
        policy = toml::from_str(
            "scope = \"selected\"\n[default]\nnote = \"Call Ann\"\nhelp_desk = \"a@b.test\"\n\
             [administrators]\nreset = false\n[[groups]]\ngroup = \"A \\\"B\\\"\"\ngates = 2\n\
             methods = [\"email\", \"sms\"]\n[[groups]]\ngroup = \"C\"\nreset = false\n",
        )
        .unwrap();
        let shown = text(&policy).unwrap();
        assert_eq!(toml::from_str::<ResetPolicy>(&shown).unwrap(), policy);
        assert!(shown.contains("email, sms, voice, totp, passkey, security-questions"));
    }
}
