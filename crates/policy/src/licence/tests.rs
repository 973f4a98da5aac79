//! Every row of the catalogue and every side of each rule, with the reason as it is read.

use jiff::Timestamp;
use uuid::Uuid;
use writeback_model::GroupId;

use super::*;

const NOW: i64 = 1_790_000_000;

fn until() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// A SKU of the catalogue, held directly.
fn held(part_number: &str) -> HeldLicence {
    let sku = catalogue_sku(part_number).unwrap();
    HeldLicence {
        sku: sku.id,
        sku_name: sku.part_number.to_owned(),
        via: Via::Direct,
        plans: sku.plans.iter().map(|plan| (*plan).into()).collect(),
        disabled: Vec::new(),
        state: LicenceState::Enabled,
        seat: Seat::Held,
    }
}

/// Takes plans out of what is enabled.
fn without(mut licence: HeldLicence, names: &[&str]) -> HeldLicence {
    let is_off = |plan: &ServicePlan| names.contains(&plan.name.as_str());
    (licence.disabled, licence.plans) = licence.plans.into_iter().partition(is_off);
    licence
}

const NONE: &str = "";
const BASIC: &str = "AAD_BASIC";
const P1: &str = "AAD_PREMIUM";
const STANDARD: &str = "EXCHANGE_S_STANDARD";
const ENTERPRISE: &str = "EXCHANGE_S_ENTERPRISE";

/// Part number, identifier, and the plan by which it entitles to a reset in the cloud and to
/// what is written back.
const ROWS: [(&str, &str, &str, &str); 17] = [
    (
        "WRITEBACK_SELF_HOSTED",
        "77726974-6562-6163-6b00-000000000001",
        BASIC,
        P1,
    ),
    (
        "AAD_BASIC",
        "2b9c8e7c-319c-43a2-a2a0-48c5c6161de7",
        BASIC,
        NONE,
    ),
    (
        "AAD_PREMIUM",
        "078d2b04-f1bd-4111-bbd4-b4b1b354cef4",
        P1,
        P1,
    ),
    (
        "AAD_PREMIUM_FACULTY",
        "30fc3c36-5a95-4956-ba57-c09c2a600bb9",
        P1,
        P1,
    ),
    (
        "AAD_PREMIUM_USGOV_GCCHIGH",
        "de597797-22fb-4d65-a9fe-b7dbe8893914",
        P1,
        P1,
    ),
    (
        "AAD_PREMIUM_P2",
        "84a661c4-e949-4bd2-a560-ed7766fcaf2b",
        P1,
        P1,
    ),
    ("SPB", "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46", P1, P1),
    ("SPE_E3", "05e9a617-0261-4cee-bb44-138d3ef5d965", P1, P1),
    ("SPE_E5", "06ebc4ee-1bb5-47dd-8120-11324bc54e06", P1, P1),
    ("SPE_F1", "66b55226-6b4f-492c-910c-a3b7a3c9d993", P1, P1),
    // Sold as Business Standard, whatever the part number says.
    (
        "O365_BUSINESS_PREMIUM",
        "f245ecc8-75af-4f8e-b61f-27d8114de5f3",
        STANDARD,
        NONE,
    ),
    (
        "O365_BUSINESS_ESSENTIALS",
        "3b555118-da6a-4418-894f-7df1e2096870",
        STANDARD,
        NONE,
    ),
    (
        "STANDARDPACK",
        "18181a46-0d4e-45cd-891e-60aabd171b4e",
        STANDARD,
        NONE,
    ),
    (
        "ENTERPRISEPACK",
        "6fd2c87f-b296-42f0-b197-1e91e994b900",
        ENTERPRISE,
        NONE,
    ),
    // Premium in its name, and not a plan of it.
    (
        "ENTERPRISEPREMIUM",
        "c7df2760-2c81-4ef7-b578-5b5392b571df",
        ENTERPRISE,
        NONE,
    ),
    ("EMS", "efccb6f7-5641-4e0e-bd10-b4976e1bf68e", P1, P1),
    ("EMSPREMIUM", "b05e124f-c7cc-45a0-a6aa-8cf78c946968", P1, P1),
];

#[test]
fn every_sku_entitles_to_what_its_plans_carry() {
    assert_eq!(CATALOGUE.len(), ROWS.len());
    for ((name, id, cloud, writeback), sku) in ROWS.into_iter().zip(CATALOGUE) {
        assert_eq!((sku.part_number, sku.id.to_string().as_str()), (name, id));
        for feature in Feature::ALL {
            let (plan, needed) = match feature {
                Feature::CloudChange => {
                    let free = entitles(&[held(name)], feature);
                    assert_eq!((free.allowed, free.by), (true, None));
                    continue;
                }
                Feature::CloudReset => (cloud, "a paid plan"),
                _ => (writeback, "AAD_PREMIUM or AAD_PREMIUM_P2"),
            };
            let expected = if plan == NONE {
                Entitlement {
                    allowed: false,
                    by: None,
                    because: format!("{name} does not carry {needed}"),
                }
            } else {
                Entitlement {
                    allowed: true,
                    by: Some(sku.id),
                    because: format!("the service plan {plan} of {name}, assigned directly"),
                }
            };
            assert_eq!(entitles(&[held(name)], feature), expected, "{feature:?}");
        }
    }
}

/// The table of editions: free, Business Standard, Business Premium, P1, P2.
#[test]
fn every_edition_has_what_its_column_says() {
    let editions = [
        "",
        "O365_BUSINESS_PREMIUM",
        "SPB",
        "AAD_PREMIUM",
        "AAD_PREMIUM_P2",
    ];
    for (feature, allowed) in [
        (Feature::CloudChange, [1, 1, 1, 1, 1]),
        (Feature::CloudReset, [0, 1, 1, 1, 1]),
        (Feature::WritebackChange, [0, 0, 1, 1, 1]),
        (Feature::WritebackReset, [0, 0, 1, 1, 1]),
        (Feature::Unlock, [0, 0, 1, 1, 1]),
    ] {
        for (edition, allowed) in editions.into_iter().zip(allowed) {
            let holds: Vec<_> = catalogue_sku(edition)
                .iter()
                .map(|_| held(edition))
                .collect();
            let answer = entitles(&holds, feature);
            assert_eq!(answer.allowed, allowed == 1, "{feature:?} {edition}");
        }
    }
}

#[test]
fn without_a_licence_it_is_said_what_is_needed() {
    for (feature, because) in [
        (Feature::CloudChange, "no licence is needed for it"),
        (
            Feature::CloudReset,
            "no licence is held; a paid plan is needed",
        ),
        (
            Feature::Unlock,
            "no licence is held; AAD_PREMIUM or AAD_PREMIUM_P2 is needed",
        ),
    ] {
        assert_eq!(entitles(&[], feature).because, because);
    }
}

#[test]
fn each_side_of_each_rule() {
    let group = Via::Group(GroupId::from_uuid(Uuid::nil()), "Sales".to_owned());
    let with = |via: &Via, state, seat| HeldLicence {
        via: via.clone(),
        state,
        seat,
        ..held("EMS")
    };
    let warning = LicenceState::Warning { until: until() };
    let surplus = Seat::Surplus { until: until() };
    for (licence, allowed, because) in [
        (
            with(&Via::Everybody, LicenceState::Enabled, Seat::Unlimited),
            true,
            "the service plan AAD_PREMIUM of EMS, assigned to everybody",
        ),
        (
            with(&group, LicenceState::Enabled, Seat::Held),
            true,
            "the service plan AAD_PREMIUM of EMS, assigned to the group \"Sales\"",
        ),
        (
            with(&Via::Direct, warning, Seat::Held),
            true,
            "the service plan AAD_PREMIUM of EMS, assigned directly; the subscription ended, and \
             works until 2026-09-21T14:13:20Z",
        ),
        (
            with(&Via::Direct, LicenceState::Enabled, surplus),
            true,
            "the service plan AAD_PREMIUM of EMS, assigned directly; there are fewer seats than \
             before, and theirs goes at 2026-09-21T14:13:20Z",
        ),
        (
            with(&Via::Direct, LicenceState::Suspended, Seat::Held),
            false,
            "EMS is suspended; it works again once renewed",
        ),
        (
            with(&Via::Direct, LicenceState::Expired, Seat::Held),
            false,
            "EMS is expired",
        ),
        (
            with(&group, LicenceState::Enabled, Seat::Missing),
            false,
            "EMS is assigned to the group \"Sales\", and has no seat for them: all are taken",
        ),
        (
            without(with(&group, LicenceState::Enabled, Seat::Held), &[P1]),
            false,
            "the service plan AAD_PREMIUM of EMS, assigned to the group \"Sales\", is disabled \
             there",
        ),
    ] {
        let answer = entitles(&[licence], Feature::WritebackReset);
        assert_eq!(
            (answer.allowed, answer.because.as_str()),
            (allowed, because)
        );
    }
    // One of two premium plans is enough, and the one that decides nothing is not.
    let p2 = without(held("AAD_PREMIUM_P2"), &[P1]);
    assert_eq!(
        entitles(&[p2], Feature::Unlock).because,
        "the service plan AAD_PREMIUM_P2 of AAD_PREMIUM_P2, assigned directly"
    );
    let none = without(held("AAD_PREMIUM_P2"), &[P1, "AAD_PREMIUM_P2"]);
    assert!(!entitles(&[none], Feature::CloudReset).allowed);
}

#[test]
fn of_several_licences_the_one_that_lasts_is_named_and_of_none_each() {
    let ended = HeldLicence {
        state: LicenceState::Warning { until: until() },
        ..held("AAD_PREMIUM")
    };
    let suspended = HeldLicence {
        state: LicenceState::Suspended,
        ..held("SPE_E5")
    };
    let all = [suspended.clone(), ended.clone(), held("EMS")];
    assert_eq!(
        entitles(&all, Feature::WritebackChange).because,
        "the service plan AAD_PREMIUM of EMS, assigned directly"
    );
    assert!(entitles(&[suspended.clone(), ended], Feature::WritebackChange).allowed);
    assert_eq!(
        entitles(
            &[suspended, held("ENTERPRISEPACK")],
            Feature::WritebackChange
        )
        .because,
        "SPE_E5 is suspended; it works again once renewed; ENTERPRISEPACK does not carry \
         AAD_PREMIUM or AAD_PREMIUM_P2"
    );
}

#[test]
fn a_name_never_decides() {
    // What calls itself Premium P2 and is another plan, and what is P1 under another name.
    let mut pretender = held("AAD_PREMIUM_P2");
    for plan in &mut pretender.plans {
        plan.id = ServicePlanId::from_uuid(Uuid::nil());
    }
    assert!(!entitles(&[pretender], Feature::CloudReset).allowed);
    let mut renamed = held("AAD_PREMIUM");
    renamed.sku_name = "GOLD".to_owned();
    for plan in &mut renamed.plans {
        plan.name = "SOMETHING".to_owned();
    }
    assert_eq!(
        entitles(&[renamed], Feature::WritebackReset).because,
        "the service plan SOMETHING of GOLD, assigned directly"
    );
}

#[test]
fn nothing_is_enabled_before_a_licence_is_assigned() {
    assert_eq!(may_enable(true), Ok(()));
    assert_eq!(
        may_enable(false).unwrap_err().to_string(),
        "no licence is assigned to anybody in the tenant: assign one with `writeback admin \
         licence assign`; having bought some is not enough"
    );
}

#[test]
fn writeback_is_tested_by_two_who_hold_a_licence_for_it() {
    let (good, basic) = ([held("SPB")], [held("AAD_BASIC")]);
    let texts = |any, administrator: &[HeldLicence], user: &[HeldLicence]| {
        let refusals = may_test_writeback(any, administrator, user);
        refusals.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(texts(true, &good, &good), [""; 0]);
    let administrator = "the administrator holds no licence for writeback: AAD_BASIC does not \
                         carry AAD_PREMIUM or AAD_PREMIUM_P2";
    let user = "the test user holds no licence for writeback: no licence is held; AAD_PREMIUM or \
                AAD_PREMIUM_P2 is needed";
    assert_eq!(texts(true, &basic, &good), [administrator]);
    assert_eq!(texts(true, &good, &[]), [user]);
    assert_eq!(texts(true, &basic, &[]), [administrator, user]);
    assert_eq!(
        may_test_writeback(false, &good, &good),
        [Refusal::NothingAssigned]
    );
}

#[test]
fn the_catalogue_is_found_by_part_number_and_identifier() {
    for sku in CATALOGUE {
        let lower = sku.part_number.to_lowercase();
        assert_eq!(catalogue_sku(&lower), Some(sku));
        assert_eq!(catalogue_sku(&sku.id.to_string()), Some(sku));
    }
    assert_eq!(catalogue_sku("Microsoft 365 E5"), None);
}
