//! Looking at a domain without doing anything in it: which controllers there are, what each
//! shows of itself.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    controller::{Controller, Role},
    directory::Directory,
    error::AdError,
    locate::Locator,
    presented::Presented,
    tls, transport,
};

/// The domain controllers that DNS names, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// `_ldap._tcp.pdc._msdcs`: whom it takes to hold the PDC emulator role.
    pub pdc: Vec<String>,
    /// `_ldap._tcp`: all of them.
    pub controllers: Vec<String>,
}

/// What a host shows before anybody signs in.
#[derive(Debug)]
pub struct Look {
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// The certificate that it showed, accepted or not.
    pub presented: Option<Presented>,
    /// Whether TLS stands, and otherwise why not.
    pub tls: Result<(), AdError>,
}

impl Directory {
    /// The controllers that DNS names. A name without records is an empty list.
    pub async fn published(&self) -> Result<Published, AdError> {
        let locator = Locator::new(&self.config().nameservers)?;
        let domain = &self.config().domain;
        let (pdc, controllers) =
            tokio::try_join!(locator.pdc(domain), locator.controllers(domain))?;
        Ok(Published { pdc, controllers })
    }

    /// Name, TCP and TLS with a host, without signing in. An error is one of the name, or of
    /// the configured trust; all others are in [`Look::tls`].
    pub async fn look_at(&self, host: &str) -> Result<Look, AdError> {
        let config = self.config();
        let addresses = Locator::new(&config.nameservers)?.addresses(host).await?;
        let seen = Arc::new(Mutex::new(None));
        let tls = tls::looking_config(&config.trust, &seen).map_err(AdError::Trust)?;
        let within = config.limits.connect;
        let connected = transport::connect(host, &addresses, config.port, &tls, within);
        let tls = match tokio::time::timeout(within, connected).await {
            Ok(connected) => connected.map(drop),
            Err(_) => Err(AdError::TimedOut {
                host: host.to_owned(),
                operation: "connect",
                after: within,
                sent: false,
            }),
        };
        let presented = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(Look {
            addresses,
            presented,
            tls,
        })
    }

    /// A signed-in connection to that very controller, to read from.
    pub async fn controller(&self, host: &str) -> Result<Controller, AdError> {
        let kept = self.take(host).await?;
        Ok(Controller::new(self.clone(), kept, Role::Reader))
    }
}
