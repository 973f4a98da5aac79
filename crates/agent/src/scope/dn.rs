//! Distinguished names, taken apart to be compared.

/// The parts of a distinguished name, normalised: a directory compares them without case and
/// without the spaces around them, and writes the same character with or without a backslash.
pub(super) fn parts(dn: &str) -> Vec<String> {
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

/// The name in one spelling for all that a directory takes for the same.
pub(super) fn normal(dn: &str) -> String {
    parts(dn).join(",")
}

/// Whether the object is below the other, or is it.
pub(crate) fn is_within(dn: &str, above: &str) -> bool {
    parts(dn).ends_with(&parts(above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter() {
        assert_eq!(
            normal("OU=Staff, DC=Corp,dc=test"),
            normal("ou=staff,DC=corp,DC=test")
        );
        assert_eq!(normal("OU=A\\2CB,DC=x"), normal("OU=a\\,b,DC=X"));
        assert_ne!(normal("OU=A,B=C,DC=x"), normal("OU=A\\,B=C,DC=x"));
        assert!(is_within("OU=a,DC=Corp,DC=test", "dc=corp, dc=test"));
        assert!(!is_within("OU=a,DC=xcorp,DC=test", "DC=corp,DC=test"));
    }
}
