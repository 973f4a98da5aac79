//! Service plans: what a licence is made of.

use std::{fmt, str::FromStr};

use uuid::{Uuid, uuid};

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a published identifier.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

public_id! {
    /// A service plan (`servicePlanId`).
    ServicePlanId
}
public_id! {
    /// What is bought (`skuId`).
    SkuId
}

impl SkuId {
    /// One for a SKU that nobody publishes.
    pub fn from_random(random: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(random).into_uuid())
    }
}

/// A service plan as a SKU lists it. The name is for people to read and decides nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServicePlan {
    /// Its identifier.
    pub id: ServicePlanId,
    /// Its name (`servicePlanName`).
    pub name: String,
}

/// What a service plan counts as here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plan {
    /// Basic: resets of the cloud alone.
    AadBasic,
    /// Premium P1: everything.
    AadPremium,
    /// Premium P2: everything.
    AadPremiumP2,
    /// A paid plan of an office suite: resets of the cloud alone.
    OfficePaid,
    /// Nothing that matters here.
    Other,
}

impl Plan {
    /// What the plan of that identifier counts as.
    pub fn of(id: ServicePlanId) -> Self {
        KNOWN_PLANS
            .iter()
            .find(|known| known.id == id)
            .map_or(Self::Other, |known| known.plan)
    }
}

/// A service plan whose identifier is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPlan {
    /// Its identifier.
    pub id: ServicePlanId,
    /// Its name.
    pub name: &'static str,
    /// What it counts as.
    pub plan: Plan,
}

pub(super) const AAD_BASIC: KnownPlan = KnownPlan {
    id: ServicePlanId(uuid!("c4da7f8a-5ee2-4c99-a7e1-87d2df57f6fe")),
    name: "AAD_BASIC",
    plan: Plan::AadBasic,
};
pub(super) const AAD_PREMIUM: KnownPlan = KnownPlan {
    id: ServicePlanId(uuid!("41781fb2-bc02-4b7c-bd55-b576c07bb09d")),
    name: "AAD_PREMIUM",
    plan: Plan::AadPremium,
};
pub(super) const AAD_PREMIUM_P2: KnownPlan = KnownPlan {
    id: ServicePlanId(uuid!("eec0eb4f-6444-4f95-aba0-50c24d67f998")),
    name: "AAD_PREMIUM_P2",
    plan: Plan::AadPremiumP2,
};
pub(super) const MFA_PREMIUM: KnownPlan = KnownPlan {
    id: ServicePlanId(uuid!("8a256a2b-b617-496d-b51b-e76466e88db0")),
    name: "MFA_PREMIUM",
    plan: Plan::Other,
};
pub(super) const EXCHANGE_S_STANDARD: KnownPlan = KnownPlan {
    id: ServicePlanId(uuid!("9aaf7827-d63c-4b61-89c3-182f06f82e5c")),
    name: "EXCHANGE_S_STANDARD",
    plan: Plan::OfficePaid,
};
pub(super) const EXCHANGE_S_ENTERPRISE: KnownPlan = KnownPlan {
    id: ServicePlanId(uuid!("efb87545-963c-4e0d-99df-69c6916d9eb0")),
    name: "EXCHANGE_S_ENTERPRISE",
    plan: Plan::OfficePaid,
};
pub(super) const EXCHANGE_S_DESKLESS: KnownPlan = KnownPlan {
    id: ServicePlanId(uuid!("4a82b400-a79f-41a4-b4e2-e94f5787b113")),
    name: "EXCHANGE_S_DESKLESS",
    plan: Plan::OfficePaid,
};

/// The plans whose identifiers are known. Any other can be named by its identifier.
pub const KNOWN_PLANS: &[KnownPlan] = &[
    AAD_BASIC,
    AAD_PREMIUM,
    AAD_PREMIUM_P2,
    MFA_PREMIUM,
    EXCHANGE_S_STANDARD,
    EXCHANGE_S_ENTERPRISE,
    EXCHANGE_S_DESKLESS,
];

impl From<KnownPlan> for ServicePlan {
    fn from(known: KnownPlan) -> Self {
        Self {
            id: known.id,
            name: known.name.to_owned(),
        }
    }
}

/// Text that names no service plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no service plan: write its identifier (a UUID), NAME=UUID, or one of these names: \
     {names}", names = KNOWN_PLANS.iter().map(|it| it.name).collect::<Vec<_>>().join(", ")
)]
pub struct UnknownPlan(String);

impl FromStr for ServicePlan {
    type Err = UnknownPlan;

    /// Reads a plan as an operator writes it: a known name, an identifier, or `NAME=identifier`.
    /// A known name with another's identifier is refused.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownPlan(text.to_owned());
        let known = |name: &str| {
            KNOWN_PLANS
                .iter()
                .find(|it| it.name.eq_ignore_ascii_case(name))
        };
        if let Some(plan) = known(text) {
            return Ok((*plan).into());
        }
        let (name, id) = match text.split_once('=') {
            Some((name, id)) => (Some(name.trim()), id.trim()),
            None => (None, text),
        };
        let id: ServicePlanId = id.parse().map_err(|_| unknown())?;
        let by_id = KNOWN_PLANS.iter().find(|it| it.id == id);
        match (name, by_id) {
            (None, Some(plan)) => Ok((*plan).into()),
            (None, None) => Ok(Self {
                id,
                name: id.to_string(),
            }),
            (Some(""), _) => Err(unknown()),
            (Some(name), _) if known(name).is_some_and(|plan| plan.id != id) => Err(unknown()),
            (Some(name), _) => Ok(Self {
                id,
                name: name.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_decides_and_a_name_does_not() {
        let misnamed: ServicePlan = "Gold=41781fb2-bc02-4b7c-bd55-b576c07bb09d".parse().unwrap();
        assert_eq!(Plan::of(misnamed.id), Plan::AadPremium);
        let pretender: ServicePlan = "PREMIUM=00000000-0000-0000-0000-000000000001"
            .parse()
            .unwrap();
        assert_eq!(Plan::of(pretender.id), Plan::Other);
        assert!(
            "AAD_PREMIUM=00000000-0000-0000-0000-000000000001"
                .parse::<ServicePlan>()
                .is_err()
        );
    }

    #[test]
    fn a_plan_is_read_by_name_or_identifier() {
        for known in KNOWN_PLANS {
            let plan = ServicePlan::from(*known);
            assert_eq!(known.name.to_lowercase().parse(), Ok(plan.clone()));
            assert_eq!(known.id.to_string().parse(), Ok(plan));
        }
        for wrong in ["", "AAD", "=41781fb2-bc02-4b7c-bd55-b576c07bb09d", "x=y"] {
            assert!(wrong.parse::<ServicePlan>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_identifier_is_listed_twice() {
        for (number, plan) in KNOWN_PLANS.iter().enumerate() {
            let same = |it: &KnownPlan| it.id == plan.id || it.name == plan.name;
            assert_eq!(KNOWN_PLANS.iter().position(same), Some(number));
        }
    }
}
