//! Which tenant a user name belongs to, told by the name alone.
//!
//! As with the forest of a name, the answer must not depend on whether somebody goes by that
//! name: what the first page says is said to everybody.

use writeback_model::{TenantId, UserName};

/// What is known about a name besides the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TenantFacts {
    /// The tenant, where there is only one.
    pub only: Option<TenantId>,
    /// Whose verified domain the name's suffix is.
    pub by_domain: Option<TenantId>,
    /// The tenant whose own portal address was called.
    pub by_address: Option<TenantId>,
}

/// Where a name belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantOfName {
    /// To this tenant, whoever it is.
    Tenant(TenantId),
    /// To none. It takes the way of any other name, so that nobody is told.
    Nobody,
    /// A name without a suffix, and there is more than one tenant.
    NeedsFullName,
}

/// Finds the tenant of a name: the only one; or the one that verified its suffix; or the one
/// whose address was called, as with a name that has no suffix or a mail address of elsewhere.
///
/// The names that agents report for their forests are not asked: everybody can call a forest as
/// another company is called.
pub const fn tenant_of_name(name: &UserName, facts: &TenantFacts) -> TenantOfName {
    if let Some(tenant) = facts.only {
        return TenantOfName::Tenant(tenant);
    }
    match (name, facts.by_domain, facts.by_address) {
        (UserName::Address { .. }, Some(tenant), _) | (_, _, Some(tenant)) => {
            TenantOfName::Tenant(tenant)
        }
        (UserName::Address { .. }, None, None) => TenantOfName::Nobody,
        (UserName::DownLevel { .. } | UserName::Bare(_), _, None) => TenantOfName::NeedsFullName,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const fn id(number: u128) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn each_name_finds_its_tenant_or_none() {
        const ONLY: Option<TenantId> = Some(id(1));
        const DOMAIN: Option<TenantId> = Some(id(2));
        const ADDRESS: Option<TenantId> = Some(id(3));
        let tenant = |number| TenantOfName::Tenant(id(number));
        let (nobody, full) = (TenantOfName::Nobody, TenantOfName::NeedsFullName);
        // The name; only, by domain, by address; the answer.
        let table = [
            ("ann@corp.test", ONLY, None, None, tenant(1)),
            ("ann@corp.test", ONLY, None, ADDRESS, tenant(1)),
            ("CORP\\ann", ONLY, None, None, tenant(1)),
            ("ann", ONLY, None, None, tenant(1)),
            ("ann@corp.test", None, DOMAIN, None, tenant(2)),
            ("ann@corp.test", None, DOMAIN, ADDRESS, tenant(2)),
            ("ann@corp.test", None, None, ADDRESS, tenant(3)),
            ("ann@corp.test", None, None, None, nobody),
            ("CORP\\ann", None, None, ADDRESS, tenant(3)),
            ("CORP\\ann", None, None, None, full),
            ("CORP\\ann", None, DOMAIN, None, full),
            ("ann", None, None, ADDRESS, tenant(3)),
            ("ann", None, None, None, full),
        ];
        for (name, only, by_domain, by_address, answer) in table {
            let facts = TenantFacts {
                only,
                by_domain,
                by_address,
            };
            let found = tenant_of_name(&name.parse().unwrap(), &facts);
            assert_eq!(found, answer, "{name} with {facts:?}");
        }
    }
}
