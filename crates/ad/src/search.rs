//! Searches, and the controls that say how they are to be answered.

use ldap3_proto::{control::LdapControl, proto::LdapSearchScope};

use crate::{
    ber::{self, Bytes, INTEGER, OCTET_STRING, SEQUENCE, element},
    filter::Filter,
    request::Control,
};

const PAGED: &str = "1.2.840.113556.1.4.319";
const DIR_SYNC: &str = "1.2.840.113556.1.4.841";
const SD_FLAGS: &str = "1.2.840.113556.1.4.801";
/// The discretionary list alone: whoever may not read the rest is given nothing otherwise.
const ACCESS_LIST_ONLY: i32 = 4;
const EXTENDED_DN: &str = "1.2.840.113556.1.4.529";

/// A search. Nothing in it is secret.
#[derive(Clone)]
pub(crate) struct Search<'a> {
    pub(crate) base: &'a str,
    pub(crate) scope: LdapSearchScope,
    pub(crate) filter: Filter,
    pub(crate) attributes: &'a [&'a str],
    /// Most entries to be given back; 0 is as many as there are.
    pub(crate) at_most: i32,
    /// How to answer.
    pub(crate) controls: Vec<Ask>,
}

/// How a search is to be answered.
#[derive(Clone)]
pub(crate) enum Ask {
    /// In pages (RFC 2696), from where this cookie stands.
    Page { size: i32, cookie: Vec<u8> },
    /// What changed since this cookie (MS-ADTS 3.1.1.3.4.1.3).
    DirSync { flags: i32, cookie: Vec<u8> },
    /// Names with the GUID in front (MS-ADTS 3.1.1.3.4.1.5).
    ExtendedDn,
    /// With the access control list alone of a security descriptor (MS-ADTS 3.1.1.3.4.1.11).
    AccessList,
}

/// How much to give at once, in bytes, of which a directory takes more notice the less it has
/// to send. Small enough for a page's position to be worth keeping.
const DIR_SYNC_BYTES: i32 = 1024 * 1024;

impl<'a> Search<'a> {
    /// One object, by its name.
    pub(crate) fn object(base: &'a str, attributes: &'a [&'a str]) -> Self {
        Self {
            base,
            scope: LdapSearchScope::Base,
            filter: Filter::present("objectClass"),
            attributes,
            at_most: 0,
            controls: Vec::new(),
        }
    }
}

impl Ask {
    pub(crate) fn control(&self) -> Control {
        let (oid, value) = match self {
            Self::Page { size, cookie } => (PAGED, sequence(&[*size], Some(cookie))),
            Self::DirSync { flags, cookie } => {
                (DIR_SYNC, sequence(&[*flags, DIR_SYNC_BYTES], Some(cookie)))
            }
            // As text: the other form, 0, is hexadecimal.
            Self::ExtendedDn => (EXTENDED_DN, sequence(&[1], None)),
            Self::AccessList => (SD_FLAGS, sequence(&[ACCESS_LIST_ONLY], None)),
        };
        Control {
            oid,
            value: value.to_vec(),
        }
    }
}

fn sequence(numbers: &[i32], cookie: Option<&[u8]>) -> Bytes {
    let mut parts: Vec<Bytes> = numbers
        .iter()
        .map(|number| match number {
            0.. => ber::integer(INTEGER, *number),
            // Flags with the highest bit: four bytes are as few as it takes.
            _ => element(INTEGER, &[&number.to_be_bytes()]),
        })
        .collect();
    parts.extend(cookie.map(|cookie| element(OCTET_STRING, &[cookie])));
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_slice()).collect();
    element(SEQUENCE, &parts)
}

/// Where the next page begins; `None` after the last.
pub(crate) fn next_page(controls: Vec<LdapControl>) -> Option<Vec<u8>> {
    controls.into_iter().find_map(|control| match control {
        LdapControl::SimplePagedResults { cookie, .. } if !cookie.is_empty() => Some(cookie),
        _ => None,
    })
}

/// Where a DirSync answer stands.
pub(crate) struct Position {
    /// More is to be had at once.
    pub(crate) more: bool,
    pub(crate) cookie: Vec<u8>,
}

/// The position that came with a DirSync answer; an empty one is none.
pub(crate) fn position(controls: Vec<LdapControl>) -> Option<Position> {
    controls.into_iter().find_map(|control| match control {
        LdapControl::AdDirsync { flags, cookie, .. } => Some(Position {
            more: flags != 0,
            cookie: cookie.filter(|cookie| !cookie.is_empty())?,
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use ldap3_proto::LdapCodec;
    use tokio_util::codec::Decoder as _;

    use super::*;
    use crate::request;

    fn read(ask: Ask) -> LdapControl {
        let search = Search {
            controls: vec![ask],
            ..Search::object("", &[])
        };
        let mut bytes = BytesMut::from(request::search(1, &search, 0).as_slice());
        let mut message = LdapCodec::default().decode(&mut bytes).unwrap().unwrap();
        message.ctrl.pop().unwrap()
    }

    #[test]
    fn controls_are_read_back_as_they_were_meant() {
        for flags in [0, 1, i32::MIN, i32::MIN | 1] {
            let cookie = vec![0xff; 300];
            let asked = Ask::DirSync {
                flags,
                cookie: cookie.clone(),
            };
            let expected = LdapControl::AdDirsync {
                // The library reads them without their sign.
                flags: i64::from(flags.cast_unsigned()),
                max_bytes: i64::from(DIR_SYNC_BYTES),
                cookie: Some(cookie),
            };
            assert_eq!(read(asked), expected);
        }
        let cookie = Vec::new();
        let page = LdapControl::SimplePagedResults {
            size: 1000,
            cookie: cookie.clone(),
        };
        assert_eq!(read(Ask::Page { size: 1000, cookie }), page);
        let extended = LdapControl::ExtendedDn {
            criticality: true,
            format: 1,
        };
        assert_eq!(read(Ask::ExtendedDn), extended);
        assert_eq!(Ask::ExtendedDn.control().value, [0x30, 3, 2, 1, 1]);
    }
}
