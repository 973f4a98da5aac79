//! Whose portal it is, as far as a page may say.
//!
//! With a single tenant it is that one's. With several, the address `/?tenant=ID` makes it one's
//! own, for as long as the browser is open; else no page names a tenant before somebody has shown
//! by a code that they belong to it.

use axum_extra::extract::cookie::{Cookie, SameSite};
use writeback_model::TenantId;
use writeback_store::{ResetSession, Tenant};

use super::{browser::Browser, respond::Failed};
use crate::state::Cloud;

/// Both the cookie and the field of the address.
pub(super) const TENANT: &str = "tenant";

/// The portal as it was called.
pub(super) struct Site {
    tenants: Vec<Tenant>,
    /// The tenant whose own address was called.
    pub(super) by_address: Option<TenantId>,
}

impl Site {
    /// Without a tenant there is nothing to show but that.
    pub(super) async fn of(cloud: &Cloud, browser: &Browser) -> Result<Self, Failed> {
        let tenants = cloud.store.tenants().await;
        let tenants = tenants.map_err(|error| Failed::store(browser, error))?;
        if tenants.is_empty() {
            return Err(Failed::not_set_up(browser));
        }
        let is_there = |id: &TenantId| tenants.iter().any(|tenant| tenant.id == *id);
        let by_address = browser.tenant.filter(is_there);
        Ok(Self {
            tenants,
            by_address,
        })
    }

    /// One of the tenants.
    pub(super) fn tenant(&self, id: TenantId) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.id == id)
    }

    /// The name that a page shows to everybody; empty where it is no single tenant's.
    pub(super) fn name(&self) -> &str {
        let tenant = match self.tenants.as_slice() {
            [only] => Some(only),
            _ => self.by_address.and_then(|id| self.tenant(id)),
        };
        tenant.map_or("", |tenant| tenant.name.as_str())
    }

    /// The name that a page of a session shows: its tenant's, once the gate is open.
    pub(super) fn name_for(&self, session: &ResetSession) -> &str {
        match (session.verified_at, self.tenant(session.tenant)) {
            (Some(_), Some(tenant)) => &tenant.name,
            _ => self.name(),
        }
    }
}

/// The tenant in an address's query, where it is one.
pub(super) fn tenant_in(query: &str) -> Option<TenantId> {
    let mut fields = form_urlencoded::parse(query.as_bytes());
    let (_, value) = fields.find(|(key, _)| key == TENANT)?;
    value.parse().ok()
}

/// A cookie that remembers the tenant until the browser is closed. It opens nothing.
pub(super) fn cookie(tenant: TenantId, secure: bool) -> Cookie<'static> {
    Cookie::build((TENANT, tenant.to_string()))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .build()
}
