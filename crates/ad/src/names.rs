//! Distinguished names: addressing by GUID, escaping a value, the parent of a name.

use writeback_model::SourceAnchor;

/// The name under which a directory finds an object by its GUID (MS-ADTS 3.1.1.3.1.2.4).
///
/// It holds no reserved character and stays true while the object is renamed or moved.
pub fn guid_dn(anchor: &SourceAnchor) -> String {
    format!("<GUID={}>", anchor.guid())
}

/// A value as it stands in a distinguished name (RFC 4514, 2.4).
pub fn escape_dn_value(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut escaped = String::with_capacity(value.len());
    for (at, character) in value.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=' => escaped.extend(['\\', character]),
            ' ' if at == 0 || at == last => escaped.push_str("\\ "),
            '#' if at == 0 => escaped.push_str("\\#"),
            '\0' => escaped.push_str("\\00"),
            '\r' => escaped.push_str("\\0D"),
            '\n' => escaped.push_str("\\0A"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The name above: what follows the first comma that is not escaped or in quotes.
pub fn parent_dn(dn: &str) -> Option<&str> {
    let (mut escaped, mut quoted) = (false, false);
    for (at, byte) in dn.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return dn.get(at + 1..),
            _ => {}
        }
    }
    None
}

/// Whether two names from the same directory name the same object. Directories give back the
/// names they stored, so the comparison need not understand escapes.
pub(crate) fn same_dn(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reserved_characters_are_escaped() {
        assert_eq!(
            escape_dn_value("Sales, \"North\" + <R&D>;#1"),
            r#"Sales\, \"North\" \+ \<R&D\>\;#1"#
        );
        assert_eq!(escape_dn_value(" #a "), r"\ #a\ ");
        assert_eq!(escape_dn_value("#a"), r"\#a");
    }

    #[test]
    fn the_parent_follows_the_first_real_comma() {
        assert_eq!(parent_dn(r"CN=a\,b,OU=c"), Some("OU=c"));
        assert_eq!(parent_dn("CN=\"a,b\",OU=c"), Some("OU=c"));
        assert_eq!(parent_dn("DC=test"), None);
    }

    proptest! {
        #[test]
        fn an_escaped_value_never_ends_the_name_early(value in ".*") {
            let dn = format!("CN={},DC=test", escape_dn_value(&value));
            prop_assert_eq!(parent_dn(&dn), Some("DC=test"));
        }
    }
}
