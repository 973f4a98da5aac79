//! Rules that only hold after the policy was changed, and settings objects.

use writeback_ad::{HintsUse, PolicySource, Reset, WriteError, Writing, precheck};
use writeback_lab::{PSO_LONG, PolicyChange, UserSpec};
use writeback_model::Cause;

use crate::support::{RESET, anchor, refusal, secret, site, site_of_any_policy};

#[tokio::test]
async fn a_young_password_is_refused_with_hints_and_says_until_when() {
    let site = site_of_any_policy("fabrikam.test");
    let guard = site.forest.policy_guard().unwrap();
    guard
        .set(&PolicyChange {
            min_age_seconds: Some(3600),
            ..PolicyChange::default()
        })
        .unwrap();
    let user = site.anyone();
    let (dc, account) = site.read(&user).await;
    assert_eq!(account.policy.min_age_seconds, 3600);
    let possible_after = account.too_young_until();
    assert!(possible_after.is_some());
    let young = Cause::PasswordTooYoung { possible_after };
    let new = secret("Neu-4711-geheim");
    let answer = dc.reset_password(&account, &new, RESET).await;
    assert_eq!(refusal(answer), young);
    let with_hints = Writing::Reset { policy_hints: true };
    assert_eq!(precheck(&new, &account, with_hints), Err(young.clone()));
    let change = dc
        .change_password(&account, &secret(&user.password), &new)
        .await;
    assert_eq!(refusal(change), young);
    assert_eq!(precheck(&new, &account, Writing::Change), Err(young));
}

#[tokio::test]
async fn a_young_password_is_reset_where_there_are_no_hints() {
    let site = site_of_any_policy("legacy.test");
    let guard = site.forest.policy_guard().unwrap();
    guard
        .set(&PolicyChange {
            min_age_seconds: Some(3600),
            ..PolicyChange::default()
        })
        .unwrap();
    let user = site.anyone();
    let (dc, account) = site.read(&user).await;
    let new = secret("Neu-4711-geheim");
    precheck(
        &new,
        &account,
        Writing::Reset {
            policy_hints: false,
        },
    )
    .unwrap();
    let allowed = Reset {
        hints: HintsUse::WhereOffered,
        ..RESET
    };
    dc.reset_password(&account, &new, allowed).await.unwrap();
    site.opens(&user, "Neu-4711-geheim");
}

#[tokio::test]
async fn a_settings_object_rules_its_people() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        pso: Some(PSO_LONG.to_owned()),
        password: Some("Anfang-4711-lang".into()),
        ..UserSpec::default()
    });
    let short = Cause::PasswordTooShort { minimum: Some(12) };
    assert_eq!(site.refused(&user, "Neu-4711-ab").await, short);
    site.reset(&user, "Neu-4711-abc", RESET).await.unwrap();
    site.opens(&user, "Neu-4711-abc");
}

/// The pre-check never refuses by a rule that does not hold: with an unreadable settings
/// object it leaves everything to the domain controller.
#[tokio::test]
async fn an_unreadable_settings_object_refuses_nothing_beforehand() {
    let site = site("corp.test");
    let user = site.user(UserSpec {
        pso: Some(PSO_LONG.to_owned()),
        password: Some("Anfang-4711-lang".into()),
        ..UserSpec::default()
    });
    let (dc, account) = site.read(&user).await;
    if account.policy_source == writeback_ad::PolicySource::Unreadable {
        let writing = Writing::Reset { policy_hints: true };
        precheck(&secret("abc"), &account, writing).unwrap();
        let answer = dc.reset_password(&account, &secret("abc"), RESET).await;
        assert!(matches!(answer, Err(WriteError::Refused { .. })));
    }
}

/// What it takes to let the agent check passwords against settings objects beforehand.
#[tokio::test]
async fn read_access_to_the_container_makes_settings_objects_readable() {
    let site = site_of_any_policy("fabrikam.test");
    let _alone = site.forest.policy_guard().unwrap();
    let user = site.user(UserSpec {
        pso: Some(PSO_LONG.to_owned()),
        password: Some("Anfang-4711-lang".into()),
        ..UserSpec::default()
    });
    let agent = site.forest.person("svc-writeback").unwrap();
    let (_, agent) = site
        .directory
        .read_for_write(&anchor(&agent))
        .await
        .unwrap();
    let sddl = format!("--sddl=(A;CI;RP;;;{})", agent.unwrap().sid);
    let container = "CN=Password Settings Container,CN=System";
    let object = format!("--objectdn={container},{}", site.forest.base_dn);
    let (_, before) = site.read(&user).await;
    let dc = site.pdc();
    dc.samba_tool(&["dsacl", "set", &object, "--action=allow", &sddl])
        .unwrap();
    let (_, after) = site.read(&user).await;
    dc.samba_tool(&["dsacl", "delete", &object, &sddl]).unwrap();
    assert_eq!(before.policy_source, PolicySource::Unreadable);
    assert_eq!(after.policy_source, PolicySource::SettingsObject);
    assert_eq!((after.policy.min_length, after.policy.history), (12, 24));
    assert_eq!(after.policy.settings_object.as_deref(), Some("Long"));
    let short = Err(Cause::PasswordTooShort { minimum: Some(12) });
    let writing = Writing::Reset { policy_hints: true };
    assert_eq!(precheck(&secret("Neu-4711-ab"), &after, writing), short);
}
