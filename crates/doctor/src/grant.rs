//! A script that grants what is missing, and nothing else.

use crate::{
    catalogue::check,
    finding::{Finding, Verdict},
};

/// The checks of what the agent's account is granted, in the order in which it is mended: who
/// inherits nothing is not helped by what is granted above.
const RIGHTS: [&str; 7] = [
    "right-unexpire",
    "rights-inherited",
    "person-readable",
    "person-policy",
    "right-reset",
    "right-unlock",
    "right-force-change",
];

/// Whose commands a script has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// PowerShell with `dsacls`, as an administrator of a Windows domain types it.
    PowerShell,
    /// `samba-tool`, as root on a domain controller of a Samba domain.
    SambaTool,
}

/// What is to be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Nothing is missing.
    Nothing,
    /// These lines grant it.
    Script(String),
    /// It cannot be said, because of these, each in a sentence.
    NotKnown(Vec<String>),
}

impl Shell {
    /// What its lines begin with in a remedy.
    const fn prompt(self) -> &'static str {
        match self {
            Self::PowerShell => "PS> ",
            Self::SambaTool => "$ ",
        }
    }
}

/// What the account lacks of what was found, as a script.
pub fn grant(found: &[Finding], shell: Shell) -> Grant {
    let about_rights: Vec<&Finding> = RIGHTS
        .iter()
        .flat_map(|id| found.iter().filter(move |it| it.check == *id))
        .collect();
    let mut unknown: Vec<String> = found
        .iter()
        .filter(|it| it.verdict.is_bad() && !RIGHTS.contains(&it.check))
        .filter(|it| {
            about_rights
                .iter()
                .any(|of| of.blocked_by == Some(it.check))
        })
        .map(|it| format!("{} comes first: {}", it.check, cause(it)))
        .collect();
    if about_rights.is_empty() {
        unknown.push("The rights were not reached.".to_owned());
    }
    let mut script = Vec::new();
    for finding in about_rights {
        match finding.verdict {
            Verdict::Fine => {}
            Verdict::NotReached => match finding.blocked_by {
                // What is in its way is mended by this script, and is looked at again afterwards.
                Some(other) if RIGHTS.contains(&other) => {}
                _ => unknown.push(format!("{} was not reached.", finding.check)),
            },
            Verdict::CouldNotRun => {
                unknown.push(format!("{}: {}", finding.check, cause(finding)));
            }
            Verdict::Warning | Verdict::Fault => match commands(finding, shell) {
                Some(commands) => {
                    script.push(format!("# {}: {}", finding.check, cause(finding)));
                    script.extend(commands);
                }
                None => unknown.push(format!(
                    "{}: a name holds a character that no shell takes for itself; grant it by hand.",
                    finding.check
                )),
            },
        }
    }
    match (unknown.is_empty(), script.is_empty()) {
        (false, _) => Grant::NotKnown(unknown),
        (true, true) => Grant::Nothing,
        (true, false) => Grant::Script(script.join("\n") + "\n"),
    }
}

fn cause(finding: &Finding) -> String {
    check(finding.check).map_or_else(String::new, |it| finding.cause_text(it))
}

/// The commands of a finding's remedy; `None` where a name in one could not be filled in, or
/// there are none.
fn commands(finding: &Finding, shell: Shell) -> Option<Vec<String>> {
    let lines = finding.remedy_lines(check(finding.check)?);
    let commands: Vec<String> = lines
        .iter()
        .filter_map(|line| line.strip_prefix(shell.prompt()))
        .map(str::to_owned)
        .collect();
    // A backslash stands for itself but before one of its kind and before a quote.
    let is_whole = |line: &String| !["<", "\\\\", "\\\""].iter().any(|it| line.contains(it));
    let is_samba = |line: &String| shell != Shell::SambaTool || line.starts_with("samba-tool ");
    (!commands.is_empty() && commands.iter().all(|it| is_whole(it) && is_samba(it)))
        .then_some(commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(check: &'static str, verdict: Verdict) -> Finding {
        Finding::new(check, "alice@corp.test", verdict)
            .name("head", "DC=corp,DC=test")
            .name("dn", "CN=alice,DC=corp,DC=test")
            .name("account", "CORP\\svc-writeback")
            .name("sid", "S-1-5-21-1-2-3-1105")
            .name("settings", "CN=Long")
    }

    fn all(verdict: Verdict) -> Vec<Finding> {
        RIGHTS.iter().map(|id| at(id, verdict)).collect()
    }

    #[test]
    fn exactly_what_is_missing_is_granted() {
        assert_eq!(grant(&all(Verdict::Fine), Shell::SambaTool), Grant::Nothing);
        let mut found = all(Verdict::Fine);
        found[5] = at("right-unlock", Verdict::Fault);
        let Grant::Script(script) = grant(&found, Shell::SambaTool) else {
            panic!("no script");
        };
        let lines: Vec<&str> = script.lines().collect();
        assert!(lines[0].starts_with("# right-unlock: "), "{script}");
        assert!(lines[1].starts_with("samba-tool dsacl set --objectdn=\"DC=corp,DC=test\""));
        assert!(lines[1].contains("28630ebf-41d5-11d1-a9c1-0000f80367c1"));
        assert_eq!(lines.len(), 2);
        let Grant::Script(script) = grant(&found, Shell::PowerShell) else {
            panic!("no script");
        };
        assert!(
            script.contains("dsacls \"DC=corp,DC=test\" /I:S /G"),
            "{script}"
        );
        assert!(script.contains(":WP;lockoutTime;user"), "{script}");
    }

    #[test]
    fn every_check_of_rights_has_commands_for_both() {
        for shell in [Shell::PowerShell, Shell::SambaTool] {
            for id in RIGHTS {
                let grant = grant(&[at(id, Verdict::Fault)], shell);
                assert!(
                    matches!(grant, Grant::Script(_)),
                    "{id} {shell:?}: {grant:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for found in [
            vec![],
            vec![at("right-reset", Verdict::CouldNotRun)],
            vec![
                Finding::fault("pdc-emulator", "corp.test"),
                Finding::not_reached("right-reset", "alice", "pdc-emulator"),
            ],
        ] {
            let grant = grant(&found, Shell::SambaTool);
            assert!(matches!(grant, Grant::NotKnown(_)), "{grant:?}");
        }
        // What inheritance brings is seen once it is switched on.
        let found = vec![
            at("rights-inherited", Verdict::Fault),
            Finding::not_reached("right-reset", "alice", "rights-inherited"),
        ];
        let grant = grant(&found, Shell::SambaTool);
        assert!(matches!(grant, Grant::Script(_)), "{grant:?}");
    }

    #[test]
    fn no_name_becomes_a_command() {
        for hostile in [
            "DC=$(reboot)",
            "DC=\" ; reboot #",
            "DC=`reboot`",
            "DC=!!",
            "DC=a\\",
        ] {
            let finding = Finding::fault("right-reset", "alice")
                .name("account", "svc")
                .name("sid", "S-1-5")
                .name("head", hostile);
            for shell in [Shell::PowerShell, Shell::SambaTool] {
                let grant = grant(std::slice::from_ref(&finding), shell);
                assert!(matches!(grant, Grant::NotKnown(_)), "{hostile}: {grant:?}");
            }
        }
    }
}
