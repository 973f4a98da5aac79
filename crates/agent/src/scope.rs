//! Which objects the agent may act on, by where they are in the directory.

/// Organizational units to act on, less those to leave alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    include: Vec<Vec<String>>,
    exclude: Vec<Vec<String>>,
}

impl Scope {
    /// Takes distinguished names. Without any to include, everything is.
    pub(crate) fn new(include: &[String], exclude: &[String]) -> Self {
        let parse = |names: &[String]| names.iter().map(|name| parts(name)).collect();
        Self {
            include: parse(include),
            exclude: parse(exclude),
        }
    }

    /// Whether the object of that distinguished name is in scope.
    pub(crate) fn holds(&self, dn: &str) -> bool {
        let object = parts(dn);
        let is_below = |unit: &Vec<String>| object.ends_with(unit);
        (self.include.is_empty() || self.include.iter().any(is_below))
            && !self.exclude.iter().any(is_below)
    }
}

/// The parts of a distinguished name, normalised: a directory compares them without case and
/// without the spaces around them, and writes the same character with or without a backslash.
fn parts(dn: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = dn.chars();
    while let Some(character) = characters.next() {
        match (character, parts.last_mut()) {
            (',', _) => parts.push(String::new()),
            ('\\', Some(part)) => escaped(&mut characters, part),
            (character, Some(part)) => part.extend(character.to_lowercase()),
            (_, None) => {}
        }
    }
    parts.iter().map(|part| trimmed(part)).collect()
}

/// What follows a backslash: two hexadecimal digits, or the character itself. Written so that
/// it cannot be taken for a separator.
fn escaped(characters: &mut std::str::Chars<'_>, part: &mut String) {
    let ahead = characters.as_str();
    let byte = ahead
        .get(..2)
        .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        .filter(u8::is_ascii);
    let character = if let Some(byte) = byte {
        characters.nth(1);
        Some(char::from(byte))
    } else {
        characters.next()
    };
    if let Some(character) = character {
        part.push('\\');
        part.extend(character.to_lowercase());
    }
}

fn trimmed(part: &str) -> String {
    match part.split_once('=') {
        Some((name, value)) => format!("{}={}", name.trim(), value.trim()),
        None => part.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scope(include: &[&str], exclude: &[&str]) -> Scope {
        let owned = |names: &[&str]| names.iter().map(|&name| name.into()).collect::<Vec<_>>();
        Scope::new(&owned(include), &owned(exclude))
    }

    const ALICE: &str = "CN=Alice\\, A.,OU=North,OU=Staff,DC=corp,DC=test";

    #[test]
    fn without_units_everything_is_in_scope() {
        assert!(Scope::default().holds(ALICE));
    }

    #[test]
    fn a_unit_holds_what_is_below_it() {
        assert!(scope(&["ou=staff, dc=corp,DC=Test"], &[]).holds(ALICE));
        assert!(scope(&["OU=North,OU=Staff,DC=corp,DC=test"], &[]).holds(ALICE));
        assert!(!scope(&["OU=North,DC=corp,DC=test"], &[]).holds(ALICE));
        assert!(!scope(&["U=Staff,DC=corp,DC=test"], &[]).holds(ALICE));
    }

    #[test]
    fn exclusion_goes_before_inclusion() {
        let staff = "OU=Staff,DC=corp,DC=test";
        assert!(!scope(&[staff], &["OU=North,OU=Staff,DC=corp,DC=test"]).holds(ALICE));
        assert!(!scope(&[], &["DC=corp,DC=test"]).holds(ALICE));
    }

    #[test]
    fn a_name_cannot_break_out_of_its_unit() {
        let outside = "CN=x\\,OU=Staff\\,DC=corp\\,DC=test,OU=Guests,DC=corp,DC=test";
        assert!(!scope(&["OU=Staff,DC=corp,DC=test"], &[]).holds(outside));
        let odd = scope(&["OU=A\\2CB,DC=corp,DC=test"], &[]);
        assert!(odd.holds("CN=x,OU=a\\,b,DC=corp,DC=test"));
    }

    proptest! {
        #[test]
        fn no_name_ends_the_program(dn in ".*") {
            let _ = scope(&["OU=Staff,DC=corp,DC=test"], &[]).holds(&dn);
        }
    }
}
