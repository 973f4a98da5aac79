//! Search filters as they are sent (RFC 4511, 4.5.1.7).
//!
//! The codec library holds the values of filters as text. A GUID is none, so filters are
//! written here.

use writeback_model::SourceAnchor;

use crate::ber::{Bytes, OCTET_STRING, element};

const AND: u8 = 0xa0;
const OR: u8 = 0xa1;
const NOT: u8 = 0xa2;
const EQUALITY: u8 = 0xa3;
const PRESENT: u8 = 0x87;

/// A filter that can be sent.
#[derive(Clone)]
pub(crate) struct Filter(Bytes);

impl Filter {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn present(name: &str) -> Self {
        Self(element(PRESENT, &[name.as_bytes()]))
    }

    pub(crate) fn equal(name: &str, value: &[u8]) -> Self {
        Self(pair(EQUALITY, name, value))
    }

    pub(crate) fn not(of: &Self) -> Self {
        Self(element(NOT, &[&of.0]))
    }

    pub(crate) fn all_of(filters: &[Self]) -> Self {
        Self(list(AND, filters))
    }

    pub(crate) fn any_of(filters: &[Self]) -> Self {
        Self(list(OR, filters))
    }

    /// Objects with one of these GUIDs.
    pub(crate) fn guids(anchors: &[SourceAnchor]) -> Self {
        let each = anchors
            .iter()
            .map(|anchor| Self::equal("objectGUID", anchor.bytes()));
        Self::any_of(&each.collect::<Vec<_>>())
    }

    /// Objects of one of these classes or a subclass.
    pub(crate) fn classes(names: &[&str]) -> Self {
        let each = names
            .iter()
            .map(|name| Self::equal("objectClass", name.as_bytes()));
        Self::any_of(&each.collect::<Vec<_>>())
    }
}

fn pair(tag: u8, name: &str, value: &[u8]) -> Bytes {
    let name = element(OCTET_STRING, &[name.as_bytes()]);
    element(tag, &[&name, &element(OCTET_STRING, &[value])])
}

fn list(tag: u8, filters: &[Filter]) -> Bytes {
    let parts: Vec<&[u8]> = filters.iter().map(Filter::bytes).collect();
    element(tag, &parts)
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use ldap3_proto::{
        LdapCodec,
        proto::{LdapFilter, LdapOp, LdapSearchRequest},
    };
    use proptest::prelude::*;
    use tokio_util::codec::Decoder as _;

    use super::*;
    use crate::{
        request,
        search::{Ask, Search},
    };

    /// What the codec library reads in it.
    fn read(filter: Filter) -> LdapSearchRequest {
        let search = Search {
            filter,
            controls: vec![Ask::ExtendedDn],
            ..Search::object("DC=x", &["cn", "member;range=0-9"])
        };
        let mut bytes = BytesMut::from(request::search(7, &search, 300).as_slice());
        let message = LdapCodec::default().decode(&mut bytes).unwrap().unwrap();
        assert!(bytes.is_empty() && message.msgid == 7 && message.ctrl.len() == 1);
        match message.op {
            LdapOp::SearchRequest(request) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn searches_are_read_back_as_they_were_meant() {
        let filter = Filter::all_of(&[
            Filter::classes(&["user", "group"]),
            Filter::not(&Filter::present("mail")),
            Filter::equal("cn", "(*)\\é\0".as_bytes()),
        ]);
        let equal = |name: &str, value: &str| LdapFilter::Equality(name.into(), value.into());
        let expected = LdapFilter::And(vec![
            LdapFilter::Or(vec![
                equal("objectClass", "user"),
                equal("objectClass", "group"),
            ]),
            LdapFilter::Not(Box::new(LdapFilter::Present("mail".into()))),
            equal("cn", "(*)\\é\0"),
        ]);
        let request = read(filter);
        assert_eq!(request.filter, expected);
        assert_eq!((request.base.as_str(), request.timelimit), ("DC=x", 300));
        assert_eq!(request.attrs, ["cn", "member;range=0-9"]);
        assert!(!request.typesonly);
    }

    #[test]
    fn guids_are_sent_as_bytes() {
        let guids = [[1; 16], [0xff; 16]];
        let anchors = guids.map(|guid| SourceAnchor::try_from_bytes(&guid).unwrap());
        let bytes = Filter::guids(&anchors);
        let last = [&b"\xa3\x1e\x04\x0aobjectGUID\x04\x10"[..], &[0xff; 16]].concat();
        assert!(bytes.bytes().starts_with(&[OR, 64]) && bytes.bytes().ends_with(&last));
    }

    proptest! {
        #[test]
        fn any_value_is_that_value(value in ".*") {
            let expected = LdapFilter::Equality("cn".into(), value.clone());
            prop_assert_eq!(read(Filter::equal("cn", value.as_bytes())).filter, expected);
        }
    }
}
