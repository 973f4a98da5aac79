use proptest::prelude::*;

use super::*;

const RESET: Attempt = Attempt::Reset { unlock: false };

#[test]
fn every_known_answer_has_its_cause() {
    use Attempt::{Change, ForceChange, Read, Unlock};
    let samba = |rest: &str| {
        format!("0000052D: Unwilling to perform - check_password_restrictions: {rest}")
    };
    let denied = |right| Cause::AccessDenied { right };
    let no_write = "00002098: Object CN=x has no write property access\n";
    let all = Attempt::Reset { unlock: true };
    let rows: Vec<(Attempt, u32, String, Cause)> = vec![
        // Samba
        (
            RESET,
            53,
            samba("the password was already used (in history)!"),
            Cause::PasswordInHistory { remembered: None },
        ),
        (
            RESET,
            53,
            samba("the password was already used (previous password)!"),
            Cause::PasswordIsCurrent,
        ),
        (
            RESET,
            53,
            samba("the password is too short. It should be equal to or longer than 12 characters!"),
            Cause::PasswordTooShort { minimum: Some(12) },
        ),
        (
            RESET,
            53,
            samba("the password does not meet the complexity criteria!"),
            Cause::PasswordNotComplex,
        ),
        (
            RESET,
            53,
            samba("password is too young to change!"),
            Cause::PasswordTooYoung {
                possible_after: None,
            },
        ),
        (
            RESET,
            53,
            samba("the password doesn't fit due to a miscellaneous restriction!"),
            Cause::HistoryOrFilter,
        ),
        (
            Change,
            19,
            "00000056: x - check_password_restrictions: The old password specified doesn't match!"
                .into(),
            Cause::WrongCurrentPassword,
        ),
        (
            Change,
            19,
            samba("the password was already used (in history)!"),
            Cause::PasswordInHistory { remembered: None },
        ),
        (
            Change,
            53,
            samba("password can't be changed on this account!"),
            Cause::CannotChangePassword,
        ),
        (
            RESET,
            50,
            "error in module acl: insufficient access rights during LDB_MODIFY (50)".into(),
            denied(Right::ResetPassword),
        ),
        (Unlock, 50, no_write.into(), denied(Right::WriteLockoutTime)),
        (
            ForceChange,
            50,
            no_write.into(),
            denied(Right::WritePwdLastSet),
        ),
        (all, 50, no_write.into(), denied(Right::WriteLockoutTime)),
        (
            all,
            50,
            "error in module acl".into(),
            denied(Right::ResetPassword),
        ),
        (Change, 50, String::new(), Cause::CannotChangePassword),
        (
            RESET,
            32,
            "00002030: No such Base DN".into(),
            Cause::ObjectNotFound,
        ),
        (RESET, 12, String::new(), Cause::PolicyHintsUnsupported),
        (
            Change,
            19,
            "error in module acl: Constraint violation during LDB_MODIFY (19)".into(),
            Cause::CannotChangePassword,
        ),
        (
            Change,
            19,
            "00000775: Password change not permitted, account locked out!".into(),
            Cause::AccountLocked,
        ),
        // Windows
        (
            RESET,
            53,
            "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0".into(),
            Cause::HistoryOrFilter,
        ),
        (
            Change,
            19,
            "0000052D: AtrErr: DSID-03191083, #1:".into(),
            Cause::HistoryOrFilter,
        ),
        (
            Change,
            19,
            "00000056: AtrErr: DSID-03190F80, #1:".into(),
            Cause::WrongCurrentPassword,
        ),
        (
            Change,
            19,
            "00000775: AtrErr: DSID-03190F80, #1:".into(),
            Cause::AccountLocked,
        ),
        (
            RESET,
            50,
            "00000005: SecErr: DSID-031A11EF, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0".into(),
            denied(Right::ResetPassword),
        ),
        (
            RESET,
            53,
            "0000001F: SvcErr: DSID-031A11E5, problem 5003 (WILL_NOT_PERFORM), data 0".into(),
            Cause::DirectoryRefused {
                ldap_code: 53,
                ad_code: Some(0x1f),
            },
        ),
        (RESET, 51, String::new(), Cause::DirectoryBusy),
        (Read, 52, String::new(), Cause::DirectoryBusy),
        (
            Read,
            10,
            "0000202B: RefErr: DSID-0310082F".into(),
            Cause::DirectoryRefused {
                ldap_code: 10,
                ad_code: Some(0x202b),
            },
        ),
        (
            Read,
            53,
            samba("too short"),
            Cause::DirectoryRefused {
                ldap_code: 53,
                ad_code: Some(0x52d),
            },
        ),
    ];
    for (attempt, code, text, cause) in rows {
        assert_eq!(
            explain(attempt, code, &text),
            cause,
            "{attempt:?} {code} {text}"
        );
    }
}

#[test]
fn every_sign_in_code_is_known() {
    let said = |data: &str| Refusal {
        code: 49,
        ad_code: Some(0x8009_0308),
        text: format!(
            "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {data}, v1db1"
        ),
    };
    for (data, why) in [
        ("52e", SignInRefusal::WrongPassword),
        ("525", SignInRefusal::NoSuchUser),
        ("530", SignInRefusal::Hours),
        ("531", SignInRefusal::Workstation),
        ("532", SignInRefusal::PasswordExpired),
        ("533", SignInRefusal::Disabled),
        ("701", SignInRefusal::Expired),
        ("773", SignInRefusal::MustChange),
        ("775", SignInRefusal::Locked),
    ] {
        assert_eq!(sign_in_refusal(&said(data)), Some(why));
        assert_eq!(bind_refusal(&said(data)), Cause::AgentCredentialsRefused);
    }
    assert_eq!(sign_in_refusal(&said("0")), None);
}

proptest! {
    #[test]
    fn a_text_never_becomes_part_of_a_cause(code in 0u32..130, text in "[a-z]{12,40}") {
        for attempt in [RESET, Attempt::Change, Attempt::Read] {
            let told = format!("{:?}", explain(attempt, code, &text));
            prop_assert!(!told.contains(&text));
        }
    }
}
