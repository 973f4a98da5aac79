//! One domain controller, by its name.

use crate::{
    controller::{Controller, Role},
    directory::Directory,
    error::AdError,
    locate::Locator,
};

impl Directory {
    /// A connection to the domain controller of this name, to read from it and no other; `None`
    /// where DNS has no controller of that name in the domain. The password of the agent's account
    /// is shown to no other host, whoever gave the name.
    pub async fn controller_named(&self, host: &str) -> Result<Option<Controller>, AdError> {
        let locator = Locator::new(&self.config().nameservers)?;
        let known = locator.controllers(&self.config().domain).await?;
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if !known.contains(&host) {
            return Ok(None);
        }
        let kept = self.take(&host).await?;
        Ok(Some(Controller::new(self.clone(), kept, Role::Reader)))
    }
}
