//! One domain: who its PDC emulator is, whom to read from, and connections to both.

use std::sync::{Arc, Mutex, PoisonError};

use writeback_model::{Secret, SourceAnchor};

use crate::{
    account::AccountSnapshot,
    config::{DomainConfig, PreferredControllers},
    controller::{Controller, Role},
    error::AdError,
    locate::Locator,
    names::{parent_dn, same_dn},
    own::Own,
    pool::{Kept, Pools},
    rootdse::read_object,
    tls,
};

/// A moving role is followed this often; then something is wrong with the domain.
const HOPS_MAX: usize = 3;

/// One domain. Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct Directory {
    inner: Arc<Inner>,
}

struct Inner {
    config: Arc<DomainConfig>,
    pools: Pools,
    pdc: Mutex<Option<String>>,
    reader: Mutex<Option<String>>,
}

impl Directory {
    /// Loads the trusted certificates. Nothing is connected yet.
    pub fn new(config: DomainConfig) -> Result<Self, AdError> {
        let tls = tls::client_config(&config.trust).map_err(AdError::Trust)?;
        let config = Arc::new(config);
        let pools = Pools::new(Arc::clone(&config), tls);
        let (pdc, reader) = (Mutex::default(), Mutex::default());
        Ok(Self {
            inner: Arc::new(Inner {
                config,
                pools,
                pdc,
                reader,
            }),
        })
    }

    /// What it was made from.
    pub fn config(&self) -> &DomainConfig {
        &self.inner.config
    }

    pub(crate) async fn take(&self, host: &str) -> Result<Arc<Kept>, AdError> {
        self.inner.pools.take(host).await
    }

    /// Signs in to a controller as somebody else, on a connection that is closed at once.
    pub(crate) async fn bind_as(
        &self,
        host: &str,
        dn: &str,
        password: &Secret,
    ) -> Result<(), AdError> {
        self.inner.pools.bind_as(host, dn, password).await
    }

    pub(crate) async fn own(&self, host: &str) -> Result<Own, AdError> {
        self.inner.pools.own(host).await
    }

    /// A connection to the PDC emulator: the controller that says of itself that it holds the
    /// role. DNS says where to begin; `fSMORoleOwner` decides. Kept until it is found wrong.
    pub async fn pdc(&self) -> Result<Controller, AdError> {
        let known = self
            .inner
            .pdc
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(host) = known {
            // Whether it still holds the role is asked together with each account.
            match self.take(&host).await {
                Ok(kept) => return Ok(Controller::new(self.clone(), kept, Role::Pdc)),
                Err(error) => {
                    self.forget_pdc(&host);
                    tracing::debug!(host, %error, "the PDC emulator is looked for anew");
                }
            }
        }
        let found = self
            .locate_pdc()
            .await
            .map_err(|source| AdError::PdcUnreachable {
                domain: self.config().domain.clone(),
                source: Box::new(source),
            })?;
        let host = found.connection.host().to_string();
        tracing::info!(domain = %self.config().domain, host, "found the PDC emulator");
        *self
            .inner
            .pdc
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(host);
        Ok(Controller::new(self.clone(), found, Role::Pdc))
    }

    /// Forgets who holds the role, if it is still taken to be this host.
    pub(crate) fn forget_pdc(&self, host: &str) {
        let mut known = self
            .inner
            .pdc
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.take_if(|known| known == host);
    }

    async fn locate_pdc(&self) -> Result<Arc<Kept>, AdError> {
        let domain = &self.config().domain;
        let locator = Locator::new(&self.config().nameservers)?;
        let published = locator.pdc(domain).await?;
        let mut failure = None;
        for host in &published {
            match self.follow_role(host).await {
                Ok(holder) => return Ok(holder),
                Err(error) => failure = Some(error),
            }
        }
        // DNS may still name the former holder, which may be gone: any controller knows.
        for host in locator.controllers(domain).await? {
            if published.contains(&host) {
                continue;
            }
            match self.follow_role(&host).await {
                Ok(holder) => return Ok(holder),
                // What the holder itself said tells more than a bystander's silence.
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        Err(failure.unwrap_or_else(|| AdError::NoController {
            domain: domain.clone(),
        }))
    }

    /// Goes from controller to controller until one says that it holds the role itself.
    async fn follow_role(&self, host: &str) -> Result<Arc<Kept>, AdError> {
        let mut host = host.to_owned();
        for _ in 0..HOPS_MAX {
            let kept = self.take(&host).await?;
            let missing = |what| AdError::Missing {
                host: host.clone(),
                what,
            };
            let read = |dn: String, wanted: &'static str| {
                let kept = Arc::clone(&kept);
                async move { read_object(&kept.connection, "find the role", &dn, &[wanted]).await }
            };
            let head = read(kept.root.domain_head.clone(), "fSMORoleOwner").await?;
            let owner = head.and_then(|head| head.text("fSMORoleOwner"));
            let owner = owner.ok_or_else(|| missing("fSMORoleOwner"))?;
            if same_dn(&owner, &kept.root.ds_service_name) {
                return Ok(kept);
            }
            // The role's holder is named by its NTDS Settings, which lie below its server.
            let server = parent_dn(&owner).ok_or_else(|| missing("fSMORoleOwner"))?;
            let server = read(server.to_owned(), "dNSHostName").await?;
            let name = server.and_then(|server| server.text("dNSHostName"));
            host = name
                .ok_or_else(|| missing("dNSHostName"))?
                .to_ascii_lowercase();
        }
        Err(AdError::RoleMoved { host })
    }

    /// A connection to a controller to read from: the preferred ones first, then whichever
    /// DNS gives, then the next if one cannot be reached. Stays with the one it found.
    pub async fn reader(&self) -> Result<Controller, AdError> {
        let known = self
            .inner
            .reader
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (preferred, others_too) = match &self.config().preferred {
            PreferredControllers::None => (&[][..], true),
            PreferredControllers::First(hosts) => (hosts.as_slice(), true),
            PreferredControllers::Only(hosts) => (hosts.as_slice(), false),
        };
        let preferred = preferred.iter().map(|host| host.to_ascii_lowercase());
        let mut failure = None;
        for host in known.into_iter().chain(preferred) {
            match self.read_from(&host).await {
                Ok(controller) => return Ok(controller),
                Err(error) => failure = Some(error),
            }
        }
        if others_too {
            let locator = Locator::new(&self.config().nameservers)?;
            for host in locator.controllers(&self.config().domain).await? {
                match self.read_from(&host).await {
                    Ok(controller) => return Ok(controller),
                    Err(error) => failure = Some(error),
                }
            }
        }
        let domain = self.config().domain.clone();
        Err(failure.unwrap_or(AdError::NoController { domain }))
    }

    async fn read_from(&self, host: &str) -> Result<Controller, AdError> {
        let taken = self.take(host).await;
        let mut known = self
            .inner
            .reader
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match taken {
            Ok(kept) => {
                *known = Some(host.to_owned());
                Ok(Controller::new(self.clone(), kept, Role::Reader))
            }
            Err(error) => {
                known.take_if(|known| known == host);
                tracing::debug!(host, %error, "a domain controller cannot be read from");
                Err(error)
            }
        }
    }

    /// The PDC emulator and one account as it has it, following the role if it moved.
    ///
    /// This is the beginning of every write: the controller given back has just answered on
    /// the connection that the write will use, and has just said that it holds the role.
    pub async fn read_for_write(
        &self,
        anchor: &SourceAnchor,
    ) -> Result<(Controller, Option<AccountSnapshot>), AdError> {
        let mut hops = 0;
        loop {
            let controller = self.pdc().await?;
            match controller.read_for_write(anchor).await {
                Ok(account) => return Ok((controller, account)),
                Err(AdError::RoleMoved { .. }) if hops < HOPS_MAX => hops += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({})", self.config().domain)
    }
}
