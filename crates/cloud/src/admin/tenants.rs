//! Making and finding tenants, and switching them off and on.

use writeback_model::{DomainName, TenantId};
use writeback_store::{RenameAnswer, Tenant};

use super::{Admin, AdminError};

/// Longer names fit on no page.
const NAME_CHARS_MAX: usize = 100;

impl Admin<'_> {
    /// Makes the first tenant.
    pub async fn init(&self, name: &str) -> Result<Tenant, AdminError> {
        if let Some(tenant) = self.store.tenants().await?.into_iter().next() {
            return Err(AdminError::Initialised(tenant.name));
        }
        self.create_tenant(name).await
    }

    /// Makes a tenant, the first one or another.
    pub async fn create_tenant(&self, name: &str) -> Result<Tenant, AdminError> {
        let tenant = Tenant {
            id: TenantId::new(self.clock, self.entropy),
            name: checked(name)?,
            created_at: self.clock.now(),
            disabled_at: None,
        };
        let audit = self.record(
            tenant.id,
            writeback_store::activity::TENANT_CREATED,
            String::new(),
        );
        match self.store.add_tenant(&tenant, &audit).await? {
            true => Ok(tenant),
            false => Err(AdminError::TenantExists(tenant.name)),
        }
    }

    /// The tenant that is meant: the named one, or the only one.
    pub async fn tenant(&self) -> Result<Tenant, AdminError> {
        let tenants = self.store.tenants().await?;
        match (&self.wanted_tenant, tenants.as_slice()) {
            (_, []) => Err(AdminError::NoTenant),
            (Some(wanted), _) => self.named(wanted, tenants).await,
            (None, [only]) => Ok(only.clone()),
            (None, _) => Err(AdminError::WhichTenant(shown(&tenants))),
        }
    }

    /// By identifier, name or verified domain.
    async fn named(&self, wanted: &str, tenants: Vec<Tenant>) -> Result<Tenant, AdminError> {
        let of_domain = match wanted.parse::<DomainName>() {
            Ok(domain) => self.store.tenant_of_domain(domain.as_str()).await?,
            Err(_) => None,
        };
        let id: Option<TenantId> = wanted.parse().ok();
        let is_meant =
            |it: &&Tenant| Some(it.id) == id || it.name == wanted || Some(it.id) == of_domain;
        let mut meant = tenants.iter().filter(is_meant);
        match (meant.next(), meant.next()) {
            (Some(tenant), None) => Ok(tenant.clone()),
            (Some(_), Some(_)) => Err(AdminError::ManyTenants(wanted.to_owned())),
            (None, _) => Err(AdminError::UnknownTenant {
                wanted: wanted.to_owned(),
                known: shown(&tenants),
            }),
        }
    }

    /// Gives the tenant another name.
    pub async fn rename_tenant(&self, name: &str) -> Result<Tenant, AdminError> {
        let tenant = self.tenant().await?;
        let name = checked(name)?;
        let detail = format!("{} is now {name}", tenant.name);
        let audit = self.record(tenant.id, writeback_store::activity::TENANT_RENAMED, detail);
        match self.store.rename_tenant(tenant.id, &name, &audit).await? {
            RenameAnswer::Renamed => Ok(Tenant { name, ..tenant }),
            RenameAnswer::Taken => Err(AdminError::TenantExists(name)),
            RenameAnswer::Unknown => Err(AdminError::NoTenant),
        }
    }

    /// Switches the tenant off. `false` where it was off.
    pub async fn disable_tenant(&self) -> Result<(Tenant, bool), AdminError> {
        let tenant = self.tenant().await?;
        let audit = self.record(
            tenant.id,
            writeback_store::activity::TENANT_DISABLED,
            String::new(),
        );
        let now = self.clock.now();
        let done = self.store.disable_tenant(tenant.id, now, &audit).await?;
        Ok((tenant, done))
    }

    /// Switches the tenant on. `false` where it was on.
    pub async fn enable_tenant(&self) -> Result<(Tenant, bool), AdminError> {
        let tenant = self.tenant().await?;
        let audit = self.record(
            tenant.id,
            writeback_store::activity::TENANT_ENABLED,
            String::new(),
        );
        let done = self.store.enable_tenant(tenant.id, &audit).await?;
        Ok((tenant, done))
    }
}

/// A name that can stand on a page and in a line.
fn checked(name: &str) -> Result<String, AdminError> {
    let name = name.trim();
    let is_good = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    match is_good {
        true => Ok(name.to_owned()),
        false => Err(AdminError::TenantName),
    }
}

/// Tenants as an error lists them.
fn shown(tenants: &[Tenant]) -> String {
    let lines = tenants
        .iter()
        .map(|it| format!("\n  {}  {}", it.id, it.name));
    lines.collect()
}
