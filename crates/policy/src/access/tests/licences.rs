//! What each wish needs a licence for.

use super::*;

#[test]
fn each_wish_needs_its_licence() {
    const NONE: &str = "no licence is held; ";
    const PREMIUM: &str = "AAD_PREMIUM or AAD_PREMIUM_P2";
    const ANY: &str = "a paid plan";
    let by = |plan: &str, sku: &str| format!("the service plan {plan} of {sku}, assigned directly");
    let suspended = || HeldLicence {
        state: LicenceState::Suspended,
        ..licence("AAD_PREMIUM")
    };
    let without_premium = || {
        let mut it = licence("AAD_PREMIUM");
        let (disabled, plans) = it
            .plans
            .into_iter()
            .partition(|plan| plan.name == "AAD_PREMIUM");
        it.plans = plans;
        it.disabled = disabled;
        it
    };
    let (cloud, directory) = (cloud_only(), good());
    for (facts, wish, held, allowed, feature, because) in [
        // Of the cloud alone: a change needs nothing, a reset anything that is paid for.
        (
            &cloud,
            Change,
            vec![],
            true,
            "cloud-change",
            "no licence is needed for it".to_owned(),
        ),
        (
            &cloud,
            Reset,
            vec![],
            false,
            "cloud-reset",
            format!("{NONE}{ANY} is needed"),
        ),
        (
            &cloud,
            Register,
            vec![],
            false,
            "cloud-reset",
            format!("{NONE}{ANY} is needed"),
        ),
        (
            &cloud,
            Reset,
            vec![licence("AAD_BASIC")],
            true,
            "cloud-reset",
            by("AAD_BASIC", "AAD_BASIC"),
        ),
        (
            &cloud,
            Reset,
            vec![licence("AAD_PREMIUM")],
            true,
            "cloud-reset",
            by("AAD_PREMIUM", "AAD_PREMIUM"),
        ),
        // Synchronised: premium for each of them.
        (
            &directory,
            Reset,
            vec![],
            false,
            "writeback-reset",
            format!("{NONE}{PREMIUM} is needed"),
        ),
        (
            &directory,
            Change,
            vec![],
            false,
            "writeback-change",
            format!("{NONE}{PREMIUM} is needed"),
        ),
        (
            &directory,
            Unlock,
            vec![],
            false,
            "unlock",
            format!("{NONE}{PREMIUM} is needed"),
        ),
        (
            &directory,
            Register,
            vec![],
            false,
            "writeback-reset",
            format!("{NONE}{PREMIUM} is needed"),
        ),
        (
            &directory,
            Reset,
            vec![licence("AAD_BASIC")],
            false,
            "writeback-reset",
            format!("AAD_BASIC does not carry {PREMIUM}"),
        ),
        (
            &directory,
            Change,
            vec![licence("AAD_PREMIUM_P2")],
            true,
            "writeback-change",
            by("AAD_PREMIUM", "AAD_PREMIUM_P2"),
        ),
        (
            &directory,
            Unlock,
            vec![licence("AAD_PREMIUM")],
            true,
            "unlock",
            by("AAD_PREMIUM", "AAD_PREMIUM"),
        ),
        (
            &directory,
            Reset,
            vec![suspended()],
            false,
            "writeback-reset",
            "AAD_PREMIUM is suspended; it works again once renewed".to_owned(),
        ),
        (
            &directory,
            Reset,
            vec![without_premium()],
            false,
            "writeback-reset",
            "the service plan AAD_PREMIUM of AAD_PREMIUM, assigned directly, is disabled there"
                .to_owned(),
        ),
    ] {
        let has_some = !held.is_empty();
        let facts = AccessFacts {
            held,
            ..facts.clone()
        };
        let access = decide(wish, &facts);
        let finding = finding(&access, "licence");
        assert_eq!(
            finding.value,
            format!("for {feature}: {because}"),
            "{wish:?}"
        );
        assert_eq!(finding.holds, if allowed { Yes } else { No });
        assert_eq!(access.allowed, allowed, "{wish:?} {because}");
        if !allowed {
            assert_eq!(finding.code, Some(PortalCode::NotLicensed));
            assert_eq!(finding.reason, Some("not-licensed"));
            let help = if has_some {
                "Mend the licences that the person holds, or assign another one that carries it."
            } else {
                "Assign a licence that carries it, to the person or to a group of theirs."
            };
            assert_eq!(finding.would_help.as_deref(), Some(help));
        }
    }
}
