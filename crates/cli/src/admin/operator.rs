//! Who sits at the shell, for the history and the audit trail.

use std::os::unix::fs::MetadataExt;

/// Longer names are nobody's.
const NAME_MAX: usize = 64;

/// Whoever runs this, as runs and records name them: `operator alice`.
pub(super) fn by() -> String {
    let name = named_by_sudo()
        .or_else(named_by_system)
        .unwrap_or_else(|| "unknown".to_owned());
    format!("operator {name}")
}

/// The person behind `sudo`, who is more to the point than `root`.
fn named_by_sudo() -> Option<String> {
    clean(&std::env::var("SUDO_USER").ok()?)
}

/// The owner of this process.
fn named_by_system() -> Option<String> {
    let uid = std::fs::metadata("/proc/self").ok()?.uid();
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(uid, &passwd)
        // Accounts of a directory are not in the file.
        .or_else(|| clean(&std::env::var("LOGNAME").ok()?))
        .or_else(|| Some(format!("uid {uid}")))
}

fn name_of(uid: u32, passwd: &str) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let found: u32 = fields.nth(1)?.parse().ok()?;
        (found == uid).then(|| clean(name)).flatten()
    })
}

/// A name that can stand in a line of text.
fn clean(name: &str) -> Option<String> {
    let name = name.trim();
    let is_good = !name.is_empty() && name.len() <= NAME_MAX && !name.chars().any(char::is_control);
    is_good.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nbroken\nalice:x:1000:1000::/home/alice:\n";
        assert_eq!(name_of(1000, passwd).as_deref(), Some("alice"));
        assert_eq!(name_of(0, passwd).as_deref(), Some("root"));
        assert_eq!(name_of(7, passwd), None);
    }

    #[test]
    fn a_name_that_would_break_a_line_is_not_taken() {
        assert_eq!(clean("alice\nroot"), None);
        assert_eq!(clean(" "), None);
        assert_eq!(clean(&"x".repeat(65)), None);
    }
}
