//! Search filters as they are sent (RFC 4511, 4.5.1.7).
//!
//! The codec library holds the values of filters as text. A GUID is none, so filters are
//! written here.

use ldap3_proto::proto::{LdapFilter, LdapMatchingRuleAssertion, LdapSubstringFilter};
use writeback_model::SourceAnchor;

use crate::ber::{Bytes, OCTET_STRING, SEQUENCE, element};

const AND: u8 = 0xa0;
const OR: u8 = 0xa1;
const NOT: u8 = 0xa2;
const EQUALITY: u8 = 0xa3;
const SUBSTRINGS: u8 = 0xa4;
const AT_LEAST: u8 = 0xa5;
const AT_MOST: u8 = 0xa6;
const PRESENT: u8 = 0x87;
const APPROXIMATELY: u8 = 0xa8;
const EXTENSIBLE: u8 = 0xa9;

/// A filter that can be sent.
#[derive(Clone)]
pub(crate) struct FilterBytes(Bytes);

impl FilterBytes {
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

impl From<&LdapFilter> for FilterBytes {
    fn from(filter: &LdapFilter) -> Self {
        let all = |filters: &[LdapFilter]| filters.iter().map(Self::from).collect::<Vec<_>>();
        match filter {
            LdapFilter::And(filters) => Self::all_of(&all(filters)),
            LdapFilter::Or(filters) => Self::any_of(&all(filters)),
            LdapFilter::Not(filter) => Self::not(&Self::from(filter.as_ref())),
            LdapFilter::Present(name) => Self::present(name),
            LdapFilter::Equality(name, value) => Self::equal(name, value.as_bytes()),
            LdapFilter::GreaterOrEqual(name, value) => Self(pair(AT_LEAST, name, value.as_bytes())),
            LdapFilter::LessOrEqual(name, value) => Self(pair(AT_MOST, name, value.as_bytes())),
            LdapFilter::Approx(name, value) => Self(pair(APPROXIMATELY, name, value.as_bytes())),
            LdapFilter::Substring(name, parts) => Self(substrings(name, parts)),
            LdapFilter::Extensible(assertion) => Self(extensible(assertion)),
        }
    }
}

fn pair(tag: u8, name: &str, value: &[u8]) -> Bytes {
    let name = element(OCTET_STRING, &[name.as_bytes()]);
    element(tag, &[&name, &element(OCTET_STRING, &[value])])
}

fn list(tag: u8, filters: &[FilterBytes]) -> Bytes {
    let parts: Vec<&[u8]> = filters.iter().map(FilterBytes::bytes).collect();
    element(tag, &parts)
}

fn substrings(name: &str, parts: &LdapSubstringFilter) -> Bytes {
    let initial = parts.initial.iter().map(|text| (0x80, text));
    let any = parts.any.iter().map(|text| (0x81, text));
    let last = parts.final_.iter().map(|text| (0x82, text));
    let pieces: Vec<Bytes> = initial
        .chain(any)
        .chain(last)
        .map(|(tag, text)| element(tag, &[text.as_bytes()]))
        .collect();
    let pieces: Vec<&[u8]> = pieces.iter().map(|piece| piece.as_slice()).collect();
    let name = element(OCTET_STRING, &[name.as_bytes()]);
    element(SUBSTRINGS, &[&name, &element(SEQUENCE, &pieces)])
}

fn extensible(assertion: &LdapMatchingRuleAssertion) -> Bytes {
    let text = |tag, text: &Option<String>| {
        text.as_ref()
            .map(|text| element(tag, &[text.as_bytes()]).to_vec())
            .unwrap_or_default()
    };
    let rule = text(0x81, &assertion.matching_rule);
    let name = text(0x82, &assertion.type_);
    let value = element(0x83, &[assertion.match_value.as_bytes()]);
    let in_names: &[u8] = match assertion.dn_attributes {
        true => &[0x84, 1, 0xff],
        false => &[],
    };
    element(EXTENSIBLE, &[&rule, &name, &value, in_names])
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use ldap3_proto::{LdapCodec, proto::LdapOp};
    use proptest::prelude::*;
    use tokio_util::codec::Decoder as _;

    use super::*;
    use crate::{
        filter::{Filter, escape_filter_value},
        request,
        search::{Ask, Search},
    };

    /// What the codec library reads in it.
    fn read(filter: FilterBytes) -> ldap3_proto::proto::LdapSearchRequest {
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
    fn filters_are_read_back_as_they_were_meant() {
        for text in [
            "(&(objectCategory=person)(|(a=b)(c=\\2a))(!(d>=e)))",
            "(cn=a*b*c)",
            "(cn=*b*)",
            "(mail=*)",
            "(a<=b)",
            "(a~=b)",
            "(userAccountControl:1.2.840.113556.1.4.803:=2)",
            "(ou:dn:=x)",
        ] {
            let filter = text.parse::<Filter>().unwrap().0;
            let request = read(FilterBytes::from(&filter));
            assert_eq!(request.filter, filter, "{text}");
            assert_eq!((request.base.as_str(), request.timelimit), ("DC=x", 300));
            assert_eq!(request.attrs, ["cn", "member;range=0-9"]);
            assert!(!request.typesonly);
        }
    }

    #[test]
    fn guids_are_sent_as_bytes() {
        let anchors =
            [[1; 16], [0xff; 16]].map(|guid| SourceAnchor::try_from_bytes(&guid).unwrap());
        let bytes = FilterBytes::guids(&anchors);
        let one = [&b"\xa3\x1e\x04\x0aobjectGUID\x04\x10"[..], &[0xff; 16]].concat();
        assert!(bytes.bytes().starts_with(&[0xa1, 64]) && bytes.bytes().ends_with(&one));
    }

    proptest! {
        #[test]
        fn any_value_is_that_value(value in ".*") {
            let text = format!("(!(cn={}))", escape_filter_value(&value));
            let filter = text.parse::<Filter>().unwrap().0;
            prop_assert_eq!(read(FilterBytes::from(&filter)).filter, filter);
        }
    }
}
