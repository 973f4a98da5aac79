//! A password as the attribute `unicodePwd` wants it.

use writeback_model::Secret;
use zeroize::Zeroizing;

/// The password in double quotes, UTF-16 little endian (MS-ADTS 3.1.1.3.1.5). Quotes inside
/// the password are not escaped: the outer pair is all that the directory takes away.
///
/// The buffer is made in its final size, so that it never moves and leaves no copy behind.
pub(crate) fn encode(password: &Secret) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity((password.utf16_len() + 2) * 2));
    let quoted = std::iter::once('"')
        .chain(password.expose().chars())
        .chain(['"']);
    let mut units = [0; 2];
    for character in quoted {
        for unit in character.encode_utf16(&mut units) {
            bytes.extend_from_slice(&unit.to_le_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quotes_are_part_of_it() {
        let bytes = encode(&Secret::new("é\"🙂".into()));
        let expected = [0x22, 0, 0xe9, 0, 0x22, 0, 0x3d, 0xd8, 0x42, 0xde, 0x22, 0];
        assert_eq!(bytes.as_slice(), expected);
        assert_eq!(
            bytes.capacity(),
            bytes.len(),
            "it grew, and left a copy behind"
        );
    }
}
