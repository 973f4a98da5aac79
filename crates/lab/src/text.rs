//! Writing values the way directories want them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Escapes a value for use in a distinguished name (RFC 4514).
pub fn escape_dn_value(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut out = String::new();
    for (at, c) in value.chars().enumerate() {
        let edge_space = c == ' ' && (at == 0 || at == last);
        if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=')
            || edge_space
            || (c == '#' && at == 0)
        {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Text form of an objectGUID; the first three fields are little-endian.
pub fn guid_text(guid: &[u8; 16]) -> String {
    let [a0, a1, a2, a3, b0, b1, c0, c1, d0, d1, rest @ ..] = *guid;
    [
        hex::encode([a3, a2, a1, a0]),
        hex::encode([b1, b0]),
        hex::encode([c1, c0]),
        hex::encode([d0, d1]),
        hex::encode(rest),
    ]
    .join("-")
}

pub(crate) fn b64(value: &[u8]) -> String {
    STANDARD.encode(value)
}

pub(crate) fn unb64(value: &str) -> Option<Vec<u8>> {
    STANDARD.decode(value.trim()).ok()
}

/// A line of LDIF. Always base64, so that no value needs a closer look.
pub(crate) fn ldif(attribute: &str, value: impl AsRef<[u8]>) -> String {
    format!("{attribute}:: {}\n", b64(value.as_ref()))
}

/// One LDIF record that changes one attribute; `values` are lines of LDIF.
pub(crate) fn modify(dn: &str, how: &str, attribute: &str, values: &str) -> String {
    format!(
        "{}changetype: modify\n{how}: {attribute}\n{values}-\n",
        ldif("dn", dn)
    )
}

/// The first relative name of a DN and the DN of its parent.
pub(crate) fn split_dn(dn: &str) -> (&str, &str) {
    let mut escaped = false;
    let comma = |c: char| {
        let found = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        found
    };
    dn.split_once(comma).unwrap_or((dn, ""))
}

/// A name that nobody has, for objects made by one test.
pub fn unique_name(prefix: &str) -> String {
    format!("{prefix}-{}", hex::encode(rand::random::<[u8; 6]>()))
}

/// The value that `unicodePwd` wants: quoted, UTF-16LE.
pub(crate) fn unicode_pwd(password: &str) -> Vec<u8> {
    format!("\"{password}\"")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// A password that satisfies the complexity rule.
pub(crate) fn random_password() -> String {
    format!("Aa1-{}", hex::encode(rand::random::<[u8; 12]>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_are_escaped() {
        assert_eq!(
            escape_dn_value("a, \"b\" + <c>;#1"),
            "a\\, \\\"b\\\" \\+ \\<c\\>\\;#1"
        );
        assert_eq!(escape_dn_value("#x "), "\\#x\\ ");
    }

    #[test]
    fn a_dn_is_split_at_its_first_real_comma() {
        assert_eq!(
            split_dn("CN=O\\,x\\\\,OU=a,DC=t"),
            ("CN=O\\,x\\\\", "OU=a,DC=t")
        );
        assert_eq!(split_dn("DC=t"), ("DC=t", ""));
    }

    #[test]
    fn guid_is_written_as_windows_writes_it() {
        let guid = [
            0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
            0xee, 0xff,
        ];
        assert_eq!(guid_text(&guid), "00112233-4455-6677-8899-aabbccddeeff");
    }
}
