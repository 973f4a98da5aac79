//! Just enough BER to read what the codec library reads too strictly.

/// Elements that lie one after the other. Ends at the first byte that begins none.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Nothing is left, not even bytes that are no element.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next element's tag and contents. Long tags are not LDAP.
    pub(crate) fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..0x80 => (usize::from(first), rest),
            0x80 | 0x89.. => return None,
            _ => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = digits
                    .iter()
                    .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
                (usize::try_from(length).ok()?, rest)
            }
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, contents))
    }

    /// The next element's contents, if it has this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let (found, contents) = ahead.any()?;
        (found == tag).then(|| *self = ahead)?;
        Some(contents)
    }
}

/// A message number: a positive integer of at most four bytes.
pub(crate) fn message_id(bytes: &[u8]) -> Option<i32> {
    let (&first, _) = bytes.split_first()?;
    let fits = first & 0x80 == 0 && bytes.len() <= 4;
    fits.then(|| {
        bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | i32::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ber::{self, OCTET_STRING, element};

    #[test]
    fn what_was_written_is_read() {
        let long = vec![7; 70_000];
        let bytes = [
            element(OCTET_STRING, &[b"ab"]).as_slice(),
            element(0x30, &[&long]).as_slice(),
        ]
        .concat();
        let mut elements = Elements::new(&bytes);
        assert_eq!(elements.take(0x30), None);
        assert_eq!(elements.take(OCTET_STRING), Some(b"ab".as_slice()));
        assert_eq!(elements.any(), Some((0x30, long.as_slice())));
        assert!(elements.is_empty());
        for id in [1, 127, 128, 65_536, i32::MAX] {
            let written = ber::integer(2, id);
            assert_eq!(message_id(written.get(2..).unwrap()), Some(id));
        }
        assert_eq!(message_id(&[0x80]), None);
        assert_eq!(message_id(&[]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_program(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut elements = Elements::new(&bytes);
            while elements.any().is_some() {}
            let _ = message_id(&bytes);
        }
    }
}
