//! Names with the GUID in front: `<GUID=…>;<SID=…>;CN=…` (MS-ADTS 3.1.1.3.4.1.5).

use uuid::Uuid;
use writeback_model::SourceAnchor;

/// The GUID in front of a name. What follows need not be text.
pub(crate) fn anchor_of(value: &[u8]) -> Option<SourceAnchor> {
    let rest = value.strip_prefix(b"<GUID=")?;
    let end = rest.iter().position(|byte| *byte == b'>')?;
    let guid = std::str::from_utf8(rest.get(..end)?).ok()?;
    // Without hyphens it would be the other form, whose bytes are in another order.
    let guid = guid.contains('-').then(|| Uuid::parse_str(guid).ok())??;
    SourceAnchor::try_from_bytes(&guid.to_bytes_le()).ok()
}

/// The name alone; a text that is no such name stays as it is.
pub(crate) fn without_prefix(value: &str) -> &str {
    if anchor_of(value.as_bytes()).is_none() {
        return value;
    }
    let mut rest = value;
    for part in ["<GUID=", "<SID="] {
        if let Some((_, after)) = rest
            .strip_prefix(part)
            .and_then(|inside| inside.split_once(">;"))
        {
            rest = after;
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_parted_from_its_guid() {
        let guid = "00112233-4455-6677-8899-aabbccddeeff";
        let name = format!("<GUID={guid}>;<SID=S-1-5-32-544>;CN=a;b\\>;,DC=x");
        assert_eq!(anchor_of(name.as_bytes()).unwrap().guid().to_string(), guid);
        assert_eq!(without_prefix(&name), "CN=a;b\\>;,DC=x");
        let group = format!("<GUID={guid}>;CN=g,DC=x");
        assert_eq!(without_prefix(&group), "CN=g,DC=x");
        for none in [
            "CN=a",
            "<GUID=",
            "<GUID=>;CN=a",
            "<GUID=00112233445566778899aabbccddeeff>;a",
        ] {
            assert_eq!(
                (anchor_of(none.as_bytes()), without_prefix(none)),
                (None, none)
            );
        }
        let odd = [format!("<GUID={guid}>;CN=").as_bytes(), b"\xff"].concat();
        assert!(anchor_of(&odd).is_some());
    }

    proptest! {
        #[test]
        fn no_text_ends_the_program(text in "(<GUID=)?.*(>;)?.*") {
            let _ = anchor_of(text.as_bytes());
            let _ = without_prefix(&text);
        }
    }
}
