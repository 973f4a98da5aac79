//! What licences entitle to, and why.

use super::{HeldLicence, LicenceState, Plan, Seat, SkuId};

/// What a licence may be needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    /// A person of the cloud alone changes their password.
    CloudChange,
    /// A person of the cloud alone resets it.
    CloudReset,
    /// A person who is synchronised changes theirs: it is written to their directory.
    WritebackChange,
    /// A person who is synchronised resets theirs.
    WritebackReset,
    /// A person who is synchronised unlocks their account without a reset.
    Unlock,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CloudChange,
        Self::CloudReset,
        Self::WritebackChange,
        Self::WritebackReset,
        Self::Unlock,
    ];

    /// Its name in the API.
    pub const fn id(self) -> &'static str {
        match self {
            Self::CloudChange => "cloud-change",
            Self::CloudReset => "cloud-reset",
            Self::WritebackChange => "writeback-change",
            Self::WritebackReset => "writeback-reset",
            Self::Unlock => "unlock",
        }
    }

    /// The plans of which one is needed, as a sentence has it; nothing where none is.
    const fn needs(self) -> Option<&'static str> {
        match self {
            Self::CloudChange => None,
            Self::CloudReset => Some("a paid plan"),
            Self::WritebackChange | Self::WritebackReset | Self::Unlock => {
                Some("AAD_PREMIUM or AAD_PREMIUM_P2")
            }
        }
    }

    const fn is_carried_by(self, plan: Plan) -> bool {
        match self {
            Self::CloudChange => true,
            Self::CloudReset => !matches!(plan, Plan::Other),
            Self::WritebackChange | Self::WritebackReset | Self::Unlock => {
                matches!(plan, Plan::AadPremium | Plan::AadPremiumP2)
            }
        }
    }
}

/// Whether licences entitle a person to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// Whether they do.
    pub allowed: bool,
    /// By which SKU; none where no licence is needed or none entitles.
    pub by: Option<SkuId>,
    /// Why, as the end of a sentence: of what allows the first, of what does not each.
    pub because: String,
}

/// What the licences that a person holds entitle them to. Of several that do, one that is
/// enabled is named before one that ended.
pub fn entitles(held: &[HeldLicence], feature: Feature) -> Entitlement {
    let Some(needed) = feature.needs() else {
        return Entitlement {
            allowed: true,
            by: None,
            because: "no licence is needed for it".to_owned(),
        };
    };
    let mut entitling: Vec<_> = held
        .iter()
        .filter_map(|licence| Some((licence, carrier(licence, feature)?)))
        .filter(|(licence, _)| licence.state.works() && licence.seat.works())
        .collect();
    entitling.sort_by_key(|(licence, _)| {
        let ended = licence.state != LicenceState::Enabled;
        (ended, matches!(licence.seat, Seat::Surplus { .. }))
    });
    if let Some((licence, plan)) = entitling.first() {
        return Entitlement {
            allowed: true,
            by: Some(licence.sku),
            because: format!(
                "the service plan {plan} of {}, {}{}",
                licence.sku_name,
                licence.via,
                for_how_long(licence)
            ),
        };
    }
    let because = if held.is_empty() {
        format!("no licence is held; {needed} is needed")
    } else {
        let each: Vec<_> = held
            .iter()
            .map(|licence| shortcoming(licence, feature, needed))
            .collect();
        each.join("; ")
    };
    Entitlement {
        allowed: false,
        by: None,
        because,
    }
}

/// The enabled plan that carries a feature.
fn carrier(licence: &HeldLicence, feature: Feature) -> Option<&str> {
    let mut plans = licence.plans.iter();
    plans
        .find(|plan| feature.is_carried_by(Plan::of(plan.id)))
        .map(|plan| plan.name.as_str())
}

fn for_how_long(licence: &HeldLicence) -> String {
    match (licence.state, licence.seat) {
        (LicenceState::Warning { until }, _) => {
            format!("; the subscription ended, and works until {until:.0}")
        }
        (_, Seat::Surplus { until }) => {
            format!("; there are fewer seats than before, and theirs goes at {until:.0}")
        }
        _ => String::new(),
    }
}

/// Why a licence does not entitle.
fn shortcoming(licence: &HeldLicence, feature: Feature, needed: &str) -> String {
    let name = &licence.sku_name;
    if carrier(licence, feature).is_none() {
        let mut disabled = licence.disabled.iter();
        return match disabled.find(|plan| feature.is_carried_by(Plan::of(plan.id))) {
            Some(plan) => format!(
                "the service plan {} of {name}, {}, is disabled there",
                plan.name, licence.via
            ),
            None => format!("{name} does not carry {needed}"),
        };
    }
    match licence.state {
        LicenceState::Suspended => format!("{name} is suspended; it works again once renewed"),
        LicenceState::Expired => format!("{name} is expired"),
        LicenceState::Enabled | LicenceState::Warning { .. } => format!(
            "{name} is {}, and has no seat for them: all are taken",
            licence.via
        ),
    }
}
