//! Requests as bytes.
//!
//! Whoever holds one of these can send it and nothing else: there is no `Debug` that could
//! print a password, and the bytes are wiped.

use bytes::BytesMut;
use ldap3_proto::{
    LdapCodec, LdapMsg,
    control::LdapControl,
    proto::{LdapDerefAliases, LdapFilter, LdapOp, LdapSearchRequest, LdapSearchScope},
};
use tokio_util::codec::Encoder as _;
use writeback_model::Secret;
use zeroize::Zeroizing;

use crate::ber::{self, BOOLEAN, Bytes, ENUMERATED, INTEGER, OCTET_STRING, SEQUENCE, SET, element};

/// Application tags of RFC 4511.
const BIND: u8 = 0x60;
const UNBIND: u8 = 0x42;
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
#[derive(Clone, Copy)]
pub(crate) struct Control {
    pub(crate) oid: &'static str,
    pub(crate) value: &'static [u8],
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
pub(crate) fn modify(id: i32, dn: &str, changes: &[Change], control: Option<Control>) -> Bytes {
    let changes: Vec<Bytes> = changes.iter().map(change).collect();
    let parts: Vec<&[u8]> = changes.iter().map(|bytes| bytes.as_slice()).collect();
    let dn = element(OCTET_STRING, &[dn.as_bytes()]);
    let operation = element(MODIFY, &[&dn, &element(SEQUENCE, &parts)]);
    let controls = control.map(|control| {
        let oid = element(OCTET_STRING, &[control.oid.as_bytes()]);
        let critical = element(BOOLEAN, &[&[0xff]]);
        let value = element(OCTET_STRING, &[control.value]);
        element(CONTROLS, &[&element(SEQUENCE, &[&oid, &critical, &value])])
    });
    message(
        id,
        &operation,
        controls.as_ref().map_or(&[], |bytes| bytes.as_slice()),
    )
}

fn change(change: &Change) -> Bytes {
    let name = element(OCTET_STRING, &[change.attribute.as_bytes()]);
    let values = element(SET, &[&element(OCTET_STRING, &[&change.value])]);
    let how = ber::integer(ENUMERATED, change.how as i32);
    element(SEQUENCE, &[&how, &element(SEQUENCE, &[&name, &values])])
}

/// A search. Nothing in it is secret, so the library writes it.
#[derive(Clone)]
pub(crate) struct Search<'a> {
    pub(crate) base: &'a str,
    pub(crate) scope: LdapSearchScope,
    pub(crate) filter: LdapFilter,
    pub(crate) attributes: &'a [&'a str],
    /// Most entries to be given back; 0 is as many as there are.
    pub(crate) at_most: i32,
    /// Page size and cookie.
    pub(crate) page: Option<(i64, Vec<u8>)>,
}

impl<'a> Search<'a> {
    /// One object, by its name.
    pub(crate) fn object(base: &'a str, attributes: &'a [&'a str]) -> Self {
        Self {
            base,
            scope: LdapSearchScope::Base,
            filter: LdapFilter::Present("objectClass".into()),
            attributes,
            at_most: 0,
            page: None,
        }
    }
}

/// A search as bytes; `seconds` bounds the work of the domain controller.
pub(crate) fn search(id: i32, search: Search<'_>, seconds: i32) -> std::io::Result<Bytes> {
    let operation = LdapOp::SearchRequest(LdapSearchRequest {
        base: search.base.to_owned(),
        scope: search.scope,
        aliases: LdapDerefAliases::Never,
        sizelimit: search.at_most,
        timelimit: seconds,
        typesonly: false,
        filter: search.filter,
        attrs: search
            .attributes
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
    });
    let controls = search
        .page
        .map(|(size, cookie)| LdapControl::SimplePagedResults { size, cookie })
        .into_iter()
        .collect();
    let mut bytes = BytesMut::new();
    LdapCodec::default().encode(LdapMsg::new_with_ctrls(id, operation, controls), &mut bytes)?;
    Ok(Zeroizing::new(bytes.to_vec()))
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use ldap3_proto::proto::{LdapBindCred, LdapModifyType};
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
            value: &[0x30, 3, 2, 1, 1],
        };
        let changes = [
            Change {
                how: How::Replace,
                attribute: "unicodePwd",
                value: password.clone(),
            },
            Change::replace("lockoutTime", "0"),
        ];
        let message = read(&modify(300, "<GUID=x>", &changes, Some(control)));
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
