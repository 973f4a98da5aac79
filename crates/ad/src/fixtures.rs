//! An account for tests of the pure parts.

use jiff::Timestamp;
use writeback_model::{PasswordPolicy, SourceAnchor};

use crate::{
    AccountSnapshot, PolicyHints, Receipt, Sid, Vendor, account_control::AccountControl,
    policy::PolicySource,
};

/// An ordinary user of a Samba domain with Windows' default policy but no minimum age.
pub(crate) fn account() -> AccountSnapshot {
    let dc_now = Timestamp::from_second(1_795_000_000).unwrap();
    let sid = |bytes: &[u8]| Sid::try_from_bytes(bytes).unwrap();
    let domain = [
        1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0,
    ];
    AccountSnapshot {
        anchor: SourceAnchor::try_from_bytes(&[7; 16]).unwrap(),
        dn: "CN=Alice,OU=People,DC=corp,DC=test".into(),
        sam: "alice".into(),
        upn: Some("alice@corp.test".into()),
        display_name: Some("Alice Anderson".into()),
        given_name: Some("Alice".into()),
        surname: Some("Anderson".into()),
        control: AccountControl(0x200),
        locked: false,
        lockout_time: None,
        password_last_set: Some(dc_now),
        password_expires: None,
        account_expires: None,
        admin_count: false,
        sid: sid(&[domain.as_slice(), &[0x50, 4, 0, 0]].concat()),
        groups: vec![sid(&[domain.as_slice(), &[1, 2, 0, 0]].concat())],
        primary_group: Some(513),
        object_classes: vec!["top".into(), "person".into(), "user".into()],
        policy: PasswordPolicy {
            min_length: 7,
            complexity: true,
            history: 24,
            min_age_seconds: 0,
            lockout_threshold: 10,
            settings_object: None,
        },
        policy_source: PolicySource::Domain,
        receipt: Receipt {
            password: None,
            lockout: None,
            password_last_set: None,
            dc_now,
        },
        dc_now,
        vendor: Vendor::Samba,
        policy_hints: Some(PolicyHints::Current),
    }
}
