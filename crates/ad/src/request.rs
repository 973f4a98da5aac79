//! Requests as bytes.
//!
//! Whoever holds one of these can send it and nothing else: there is no `Debug` that could
//! print a password, and the bytes are wiped.

use ldap3_proto::proto::LdapSearchScope;
use writeback_model::Secret;
use zeroize::Zeroizing;

use crate::{
    ber::{self, BOOLEAN, Bytes, ENUMERATED, INTEGER, OCTET_STRING, SEQUENCE, SET, element},
    search::{Ask, Search},
};

/// Application tags of RFC 4511.
const BIND: u8 = 0x60;
const UNBIND: u8 = 0x42;
const SEARCH: u8 = 0x63;
const MODIFY: u8 = 0x66;
const SIMPLE: u8 = 0x80;
const CONTROLS: u8 = 0xa0;

/// What a change does with its values.
#[derive(Clone, Copy)]
pub(crate) enum How {
    Add = 0,
    Delete = 1,
    Replace = 2,
}

/// One change of a modify request.
pub(crate) struct Change {
    pub(crate) how: How,
    pub(crate) attribute: &'static str,
    pub(crate) value: Bytes,
}

impl Change {
    pub(crate) fn replace(attribute: &'static str, value: &str) -> Self {
        let value = Zeroizing::new(value.as_bytes().to_vec());
        Self {
            how: How::Replace,
            attribute,
            value,
        }
    }
}

/// A control with its value; always critical, so that it is never overlooked.
#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) oid: &'static str,
    pub(crate) value: Vec<u8>,
}

fn message(id: i32, operation: &[u8], controls: &[u8]) -> Bytes {
    element(SEQUENCE, &[&ber::integer(INTEGER, id), operation, controls])
}

/// A simple bind (RFC 4511, 4.2).
pub(crate) fn bind(id: i32, user: &str, password: &Secret) -> Bytes {
    let version = ber::integer(INTEGER, 3);
    let user = element(OCTET_STRING, &[user.as_bytes()]);
    let password = element(SIMPLE, &[password.expose().as_bytes()]);
    message(id, &element(BIND, &[&version, &user, &password]), &[])
}

/// The polite end of a connection.
pub(crate) fn unbind(id: i32) -> Bytes {
    message(id, &element(UNBIND, &[]), &[])
}

/// One modify request: all changes or none.
pub(crate) fn modify(id: i32, dn: &str, changes: &[Change], control: &Option<Control>) -> Bytes {
    let changes: Vec<Bytes> = changes.iter().map(change).collect();
    let parts: Vec<&[u8]> = changes.iter().map(|bytes| bytes.as_slice()).collect();
    let dn = element(OCTET_STRING, &[dn.as_bytes()]);
    let operation = element(MODIFY, &[&dn, &element(SEQUENCE, &parts)]);
    message(id, &operation, &controls(control.as_slice()))
}

fn change(change: &Change) -> Bytes {
    let name = element(OCTET_STRING, &[change.attribute.as_bytes()]);
    let values = element(SET, &[&element(OCTET_STRING, &[&change.value])]);
    let how = ber::integer(ENUMERATED, change.how as i32);
    element(SEQUENCE, &[&how, &element(SEQUENCE, &[&name, &values])])
}

/// A search as bytes; `seconds` bounds the work of the domain controller, 0 leaves it to it.
pub(crate) fn search(id: i32, search: &Search<'_>, seconds: i32) -> Bytes {
    let names: Vec<Bytes> = search
        .attributes
        .iter()
        .map(|name| element(OCTET_STRING, &[name.as_bytes()]))
        .collect();
    let names: Vec<&[u8]> = names.iter().map(|name| name.as_slice()).collect();
    let scope = match search.scope {
        LdapSearchScope::Base => 0,
        LdapSearchScope::OneLevel => 1,
        LdapSearchScope::Subtree => 2,
        LdapSearchScope::Children => 3,
    };
    let operation = element(
        SEARCH,
        &[
            &element(OCTET_STRING, &[search.base.as_bytes()]),
            &ber::integer(ENUMERATED, scope),
            // Aliases are never followed.
            &ber::integer(ENUMERATED, 0),
            &ber::integer(INTEGER, search.at_most),
            &ber::integer(INTEGER, seconds),
            // Names and values.
            &element(BOOLEAN, &[&[0]]),
            search.filter.bytes(),
            &element(SEQUENCE, &names),
        ],
    );
    let asked: Vec<Control> = search.controls.iter().map(Ask::control).collect();
    message(id, &operation, &controls(&asked))
}

fn controls(asked: &[Control]) -> Bytes {
    if asked.is_empty() {
        return Bytes::default();
    }
    let each: Vec<Bytes> = asked
        .iter()
        .map(|control| {
            let oid = element(OCTET_STRING, &[control.oid.as_bytes()]);
            let critical = element(BOOLEAN, &[&[0xff]]);
            let value = element(OCTET_STRING, &[&control.value]);
            element(SEQUENCE, &[&oid, &critical, &value])
        })
        .collect();
    let parts: Vec<&[u8]> = each.iter().map(|bytes| bytes.as_slice()).collect();
    element(CONTROLS, &parts)
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use ldap3_proto::{
        LdapCodec, LdapMsg,
        control::LdapControl,
        proto::{LdapBindCred, LdapModifyType, LdapOp},
    };
    use tokio_util::codec::Decoder as _;

    use super::*;

    fn read(bytes: &Bytes) -> LdapMsg {
        let mut buffer = BytesMut::from(bytes.as_slice());
        let message = LdapCodec::default().decode(&mut buffer).unwrap().unwrap();
        assert!(buffer.is_empty());
        message
    }

    #[test]
    fn a_bind_is_read_back_as_it_was_meant() {
        let message = read(&bind(7, "a@corp.test", &Secret::new("é'\"".into())));
        let LdapOp::BindRequest(bind) = message.op else {
            panic!("no bind")
        };
        assert_eq!(
            (message.msgid, bind.version, bind.dn.as_str()),
            (7, 3, "a@corp.test")
        );
        assert!(bind.cred == LdapBindCred::Simple("é'\"".into()));
    }

    #[test]
    fn a_modify_is_read_back_as_it_was_meant() {
        let password = crate::unicode_pwd::encode(&Secret::new("x".repeat(256)));
        let control = Control {
            oid: "1.2.840.113556.1.4.2239",
            value: vec![0x30, 3, 2, 1, 1],
        };
        let changes = [
            Change {
                how: How::Replace,
                attribute: "unicodePwd",
                value: password.clone(),
            },
            Change::replace("lockoutTime", "0"),
        ];
        let message = read(&modify(300, "<GUID=x>", &changes, &Some(control)));
        let LdapOp::ModifyRequest(modify) = message.op else {
            panic!("no modify")
        };
        assert_eq!((message.msgid, modify.dn.as_str()), (300, "<GUID=x>"));
        assert_eq!(modify.changes[0].operation, LdapModifyType::Replace);
        assert_eq!(modify.changes[0].modification.vals[0], *password);
        assert_eq!(modify.changes[1].modification.atype, "lockoutTime");
        assert_eq!(modify.changes[1].modification.vals[0], b"0");
        let [
            LdapControl::Unknown {
                oid,
                criticality: true,
                value: Some(value),
            },
        ] = &message.ctrl[..]
        else {
            panic!("no control")
        };
        assert_eq!(
            (oid.as_str(), value.as_slice()),
            ("1.2.840.113556.1.4.2239", &[0x30, 3, 2, 1, 1][..])
        );
    }
}
