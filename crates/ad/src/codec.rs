//! Bytes of a stream into LDAP messages, with limits.

use bytes::BytesMut;
use ldap3_proto::{LdapCodec, LdapMsg, control::LdapControl, proto::LdapOp};
use tokio_util::codec::Decoder as _;
use tracing::Dispatch;

use crate::{
    ber::{INTEGER, SEQUENCE},
    ber_read::{Elements, message_id},
    entry::{ENTRY, Entry},
    error::Loss,
};

/// An LDAP message nests about ten levels; more is an attack on the stack.
const DEPTH_MAX: usize = 32;

/// A message.
pub(crate) struct Message {
    pub(crate) id: i32,
    pub(crate) body: Body,
}

/// What is in it.
pub(crate) enum Body {
    /// An object that a search found.
    Entry(Entry),
    /// Anything else, with its controls.
    Other(Box<LdapOp>, Vec<LdapControl>),
}

impl From<LdapMsg> for Message {
    fn from(message: LdapMsg) -> Self {
        Self {
            id: message.msgid,
            body: Body::Other(Box::new(message.op), message.ctrl),
        }
    }
}

/// The entry in a whole message; `None` if it is a message of another kind.
fn entry(bytes: &[u8]) -> Option<Option<Message>> {
    let mut parts = Elements::new(Elements::new(bytes).take(SEQUENCE)?);
    let id = parts.take(INTEGER)?;
    let contents = parts.take(ENTRY)?;
    let read = message_id(id).zip(Entry::read(contents));
    Some(read.map(|(id, entry)| Message {
        id,
        body: Body::Entry(entry),
    }))
}

/// Takes messages out of a buffer, one by one.
pub(crate) struct Messages {
    codec: LdapCodec,
    limit: usize,
}

impl Messages {
    /// Messages of at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            codec: LdapCodec::new(Some(limit), Some(DEPTH_MAX)),
            limit,
        }
    }

    /// The next message and how many bytes it had, or `None` until more bytes have come.
    pub(crate) fn next(&mut self, buffer: &mut BytesMut) -> Result<Option<(Message, usize)>, Loss> {
        let Some(size) = self.complete(buffer)? else {
            return Ok(None);
        };
        let mut bytes = buffer.split_to(size);
        if let Some(entry) = entry(&bytes) {
            let message = entry.ok_or(Loss::NotUnderstood("an object that is none"))?;
            return Ok(Some((message, size)));
        }
        // The library traces whole messages: people's names and addresses. Nothing of it is
        // to reach a log, at whatever level.
        let decoded =
            tracing::dispatcher::with_default(&Dispatch::none(), || self.codec.decode(&mut bytes));
        match decoded {
            Ok(Some(message)) if bytes.is_empty() => Ok(Some((message.into(), size))),
            Ok(_) => Err(Loss::NotUnderstood("a message that contradicts its length")),
            Err(_) => Err(Loss::NotUnderstood("a message that is no LDAP")),
        }
    }

    /// Reads the outermost tag and length: what cannot become a message is refused at once,
    /// and what is too large before it fills the memory. The size of the first message, once it
    /// is there.
    fn complete(&self, buffer: &[u8]) -> Result<Option<usize>, Loss> {
        let Some((&tag, rest)) = buffer.split_first() else {
            return Ok(None);
        };
        if tag != crate::ber::SEQUENCE {
            return Err(Loss::NotUnderstood("bytes that begin no message"));
        }
        let Some((&first, rest)) = rest.split_first() else {
            return Ok(None);
        };
        let digits = usize::from(first & 0x7f);
        let (head, length) = match first {
            0..0x80 => (2, digits),
            // The indefinite form is not LDAP (RFC 4511, 5.1), and nine digits are no length.
            0x80 | 0x89.. => return Err(Loss::NotUnderstood("a length that is none")),
            _ => match rest.get(..digits) {
                None => return Ok(None),
                Some(bytes) => {
                    let length = bytes
                        .iter()
                        .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
                    (2 + digits, usize::try_from(length).unwrap_or(usize::MAX))
                }
            },
        };
        let total = head.saturating_add(length);
        if total > self.limit {
            return Err(Loss::TooLarge {
                limit: self.limit,
                what: "message",
            });
        }
        Ok((buffer.len() >= total).then_some(total))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 4096;

    fn next(bytes: &[u8]) -> Result<Option<(Message, usize)>, Loss> {
        Messages::new(LIMIT).next(&mut BytesMut::from(bytes))
    }

    #[test]
    fn a_part_of_a_message_waits_and_the_whole_is_taken() {
        let whole = b"\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00";
        for end in 0..whole.len() {
            assert!(next(&whole[..end]).unwrap().is_none());
        }
        let mut buffer = BytesMut::from(&[whole.as_slice(), b"\x30"].concat()[..]);
        let (message, size) = Messages::new(LIMIT).next(&mut buffer).unwrap().unwrap();
        assert_eq!((message.id, size, buffer.len()), (1, 14, 1));
    }

    #[test]
    fn hostile_bytes_are_refused() {
        for bytes in [
            b"\x30\x00".as_slice(),
            b"\x30\x05\x02\x01\x01\x61\x00",
            b"\x30\x80\x00\x00",
            b"\x30\x89\x01\x01\x01\x01\x01\x01\x01\x01\x01",
            b"\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x30\x84\x7f\xff\xff\xff",
            b"\x30\x83\x01\x00\x00",
            b"HTTP/1.1 400 Bad Request",
            b"\x30\x03\x02\x05\x01",
        ] {
            assert!(next(bytes).is_err(), "{bytes:02x?} was taken");
        }
    }

    #[test]
    fn nesting_ends_before_the_stack_does() {
        let mut bytes = Vec::new();
        for _ in 0..1000 {
            bytes = crate::ber::element(0x30, &[&bytes]).to_vec();
        }
        assert!(next(&bytes).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_program(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = next(&bytes);
        }

        #[test]
        fn no_contents_end_the_program(
            bytes in prop::collection::vec(any::<u8>(), 0..120), op in 0x60u8..0x7a,
        ) {
            let op = crate::ber::element(op, &[&bytes]);
            let id = crate::ber::integer(2, 1);
            let _ = next(&crate::ber::element(0x30, &[&id, &op]));
            let _ = next(&crate::ber::element(0x30, &[&bytes]));
        }
    }
}
