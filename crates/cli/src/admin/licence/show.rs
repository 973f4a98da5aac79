//! `writeback admin licence list` and `show`.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use writeback_model::{Clock as _, UserName};
use writeback_policy::licence::{Feature, HeldLicence, LicenceState, Seat, SkuId, entitles};
use writeback_store::{
    Assignee, GroupStore as _, LicenceAssignment, LicenceStore as _, SubscribedSku, UserStore as _,
};

use crate::{
    admin::{
        OpenCloud, print, print_json,
        text::{Table, at, number, one_line, things},
    },
    outside::SystemClock,
};

/// How many direct assignments are named.
const SHOWN: usize = 20;

/// What was bought, for a script.
#[derive(Serialize)]
struct Told {
    part_number: String,
    id: String,
    product: String,
    state: &'static str,
    ends_at: Option<Timestamp>,
    prepaid: Option<u64>,
    consumed: u64,
    without_seat: u64,
    surplus_until: Option<Timestamp>,
    plans: Vec<Plan>,
    assigned: Vec<Assigned>,
}

#[derive(Serialize)]
struct Plan {
    name: String,
    id: String,
}

#[derive(Serialize)]
struct Assigned {
    to: &'static str,
    id: Option<String>,
    disabled_plans: Vec<String>,
    since: Timestamp,
}

fn assigned(assignment: &LicenceAssignment) -> Assigned {
    let (to, id) = match assignment.to {
        Assignee::User(user) => ("user", Some(user.to_string())),
        Assignee::Group(group) => ("group", Some(group.to_string())),
        Assignee::Everybody => ("everybody", None),
    };
    Assigned {
        to,
        id,
        disabled_plans: assignment
            .disabled
            .iter()
            .map(ToString::to_string)
            .collect(),
        since: assignment.assigned_at,
    }
}

fn told(sku: &SubscribedSku, assignments: &[LicenceAssignment]) -> Told {
    let plans = sku.sku.plans.iter().map(|plan| Plan {
        name: plan.name.clone(),
        id: plan.id.to_string(),
    });
    Told {
        part_number: sku.sku.part_number.clone(),
        id: sku.sku.id.to_string(),
        product: sku.sku.product.clone(),
        state: sku.state.id(),
        ends_at: sku.sku.term.ends_at,
        prepaid: sku.sku.prepaid,
        consumed: sku.consumed,
        without_seat: sku.without_seat,
        surplus_until: sku.surplus_until,
        plans: plans.collect(),
        assigned: assignments
            .iter()
            .filter(|assignment| assignment.sku == sku.sku.id)
            .map(assigned)
            .collect(),
    }
}

pub(super) async fn list(open: &OpenCloud, json: bool) -> anyhow::Result<()> {
    let admin = open.admin();
    let tenant = admin.tenant().await?.id;
    let skus = admin.skus().await?;
    let assignments = open.store.licence_assignments(tenant).await?;
    if json {
        let told = skus.iter().map(|sku| told(sku, &assignments));
        return print_json(&told.collect::<Vec<_>>());
    }
    if skus.is_empty() {
        println!("The tenant has no SKU: `writeback admin licence add` adds one.");
        return Ok(());
    }
    let names = names(open, &assignments).await?;
    let zone = open.config.time_zone()?;
    let mut table = Table::new(&[
        "SKU",
        "STATE",
        "#SEATS",
        "#TAKEN",
        "#WAITING",
        "ASSIGNED TO",
    ]);
    for sku in &skus {
        table.row([
            sku.sku.part_number.clone(),
            sku.state.id().to_owned(),
            sku.sku
                .prepaid
                .map_or_else(|| "unlimited".to_owned(), number),
            number(sku.consumed),
            number(sku.without_seat),
            to_whom(sku.sku.id, &assignments, &names),
        ]);
        if let Some(note) = note(sku, &zone) {
            table.note(&note);
        }
    }
    Ok(print(&table.to_string())?)
}

/// What is to be done about a SKU.
fn note(sku: &SubscribedSku, zone: &TimeZone) -> Option<String> {
    let ends = sku.sku.term.ends_at;
    let state = match (sku.state, ends) {
        (LicenceState::Enabled, Some(ends)) => Some(format!("ends {}", at(ends, zone))),
        (LicenceState::Enabled, None) => None,
        (LicenceState::Warning { until }, _) => {
            Some(format!("ended, works until {}: renew it", at(until, zone)))
        }
        (LicenceState::Suspended, _) => Some("works again once it is enabled".to_owned()),
        (LicenceState::Expired, _) => Some("is over: remove its assignments".to_owned()),
    };
    let surplus = sku.surplus_until.map(|until| {
        let seats = sku.consumed.saturating_sub(sku.sku.prepaid.unwrap_or(0));
        format!(
            "{} too many, gone at {}",
            things(seats, "seat"),
            at(until, zone)
        )
    });
    let notes: Vec<_> = state.into_iter().chain(surplus).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

type Names = BTreeMap<Assignee, String>;

/// What the assignees that are shown are called.
async fn names(open: &OpenCloud, assignments: &[LicenceAssignment]) -> anyhow::Result<Names> {
    let tenant = open.admin().tenant().await?.id;
    let mut names = Names::new();
    let mut users = 0;
    for assignment in assignments {
        let name = match assignment.to {
            Assignee::Everybody => "everybody".to_owned(),
            Assignee::Group(group) => {
                let known = open.store.group(tenant, group).await?;
                known.map_or_else(|| format!("group {group} (gone)"), |it| it.name)
            }
            Assignee::User(_) if users == SHOWN => continue,
            Assignee::User(user) => {
                users += 1;
                let known = open.store.user(tenant, user).await?;
                known.map_or_else(
                    || format!("{user} (removed)"),
                    |it| it.attributes.user_principal_name,
                )
            }
        };
        names.insert(assignment.to, name);
    }
    Ok(names)
}

fn to_whom(sku: SkuId, assignments: &[LicenceAssignment], names: &Names) -> String {
    let mine: Vec<_> = assignments.iter().filter(|it| it.sku == sku).collect();
    let mut shown: Vec<_> = mine
        .iter()
        .filter_map(|it| names.get(&it.to).cloned())
        .take(3)
        .collect();
    if mine.len() > shown.len() {
        let more = (mine.len() - shown.len()) as u64;
        shown.push(format!("{} more", number(more)));
    }
    if shown.is_empty() {
        "nobody".to_owned()
    } else {
        shown.join(", ")
    }
}

/// What somebody holds, for a script.
#[derive(Serialize)]
struct ToldHeld {
    sku: String,
    part_number: String,
    via: String,
    state: &'static str,
    seat: &'static str,
    plans: Vec<String>,
    disabled_plans: Vec<String>,
}

fn told_held(licence: &HeldLicence) -> ToldHeld {
    let names = |plans: &[writeback_policy::licence::ServicePlan]| {
        plans.iter().map(|plan| plan.name.clone()).collect()
    };
    ToldHeld {
        sku: licence.sku.to_string(),
        part_number: licence.sku_name.clone(),
        via: licence.via.to_string(),
        state: licence.state.id(),
        seat: licence.seat.id(),
        plans: names(&licence.plans),
        disabled_plans: names(&licence.disabled),
    }
}

pub(super) async fn person(open: &OpenCloud, name: &UserName, json: bool) -> anyhow::Result<()> {
    let admin = open.admin();
    let tenant = admin.tenant().await?.id;
    let user = admin.find_user(name).await?;
    let held = open
        .store
        .held_licences(tenant, user.id, SystemClock.now())
        .await?;
    if json {
        return print_json(&serde_json::json!({
            "user": user.id,
            "name": user.attributes.user_principal_name,
            "licences": held.iter().map(told_held).collect::<Vec<_>>(),
            "entitlements": Feature::ALL.map(|feature| {
                let entitlement = entitles(&held, feature);
                serde_json::json!({
                    "feature": feature.id(),
                    "allowed": entitlement.allowed,
                    "because": entitlement.because,
                })
            }),
        }));
    }
    let zone = open.config.time_zone()?;
    let name = &user.attributes.user_principal_name;
    Ok(print(&text(name, &held, &zone))?)
}

fn text(name: &str, held: &[HeldLicence], zone: &TimeZone) -> String {
    let mut text = format!("{}\n", one_line(name));
    if held.is_empty() {
        text.push_str("  holds no licence\n");
    }
    for licence in held {
        let sku = one_line(&licence.sku_name);
        text.push_str(&format!(
            "  {sku}, {}\n",
            one_line(&licence.via.to_string())
        ));
        let state = match licence.state {
            LicenceState::Warning { until } => format!("warning until {}", at(until, zone)),
            state => state.id().to_owned(),
        };
        let seat = match licence.seat {
            Seat::Unlimited => "not needed".to_owned(),
            Seat::Held => "held".to_owned(),
            Seat::Surplus { until } => format!("one too many, goes {}", at(until, zone)),
            Seat::Missing => "no seat: all are taken, waits for one".to_owned(),
        };
        text.push_str(&format!("    state     {state}\n    seat      {seat}\n"));
        for (head, plans) in [("plans", &licence.plans), ("disabled", &licence.disabled)] {
            if !plans.is_empty() {
                let names: Vec<_> = plans.iter().map(|plan| one_line(&plan.name)).collect();
                text.push_str(&format!("    {head:10}{}\n", names.join(", ")));
            }
        }
    }
    text.push_str("What it entitles to:\n");
    for feature in Feature::ALL {
        let entitlement = entitles(held, feature);
        let word = if entitlement.allowed { "yes" } else { "no" };
        text.push_str(&format!(
            "  {:18}{word:4}{}\n",
            feature.id(),
            one_line(&entitlement.because)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use writeback_policy::licence::{Via, catalogue_sku};

    use super::*;

    #[test]
    fn what_a_person_holds_is_told_with_what_it_is_good_for() {
        let sku = catalogue_sku("O365_BUSINESS_PREMIUM").unwrap();
        let held = HeldLicence {
            sku: sku.id,
            sku_name: sku.part_number.to_owned(),
            via: Via::Direct,
            plans: sku.plans.iter().map(|plan| (*plan).into()).collect(),
            disabled: vec![],
            state: LicenceState::Enabled,
            seat: Seat::Missing,
        };
        let text = text("petra@example.org", &[held], &TimeZone::UTC);
        assert_eq!(
            text,
            "petra@example.org\n  \
               O365_BUSINESS_PREMIUM, assigned directly\n    \
                 state     enabled\n    \
                 seat      no seat: all are taken, waits for one\n    \
                 plans     EXCHANGE_S_STANDARD\n\
             What it entitles to:\n  \
               cloud-change      yes no licence is needed for it\n  \
               cloud-reset       no  O365_BUSINESS_PREMIUM is assigned directly, and has no seat \
             for them: all are taken\n  \
               writeback-change  no  O365_BUSINESS_PREMIUM does not carry AAD_PREMIUM or \
             AAD_PREMIUM_P2\n  \
               writeback-reset   no  O365_BUSINESS_PREMIUM does not carry AAD_PREMIUM or \
             AAD_PREMIUM_P2\n  \
               unlock            no  O365_BUSINESS_PREMIUM does not carry AAD_PREMIUM or \
             AAD_PREMIUM_P2\n"
        );
    }
}
