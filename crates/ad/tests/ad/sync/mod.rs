//! Directory synchronisation: whole objects, and what changed.

mod broken;
mod changes;
mod consistency;
mod enumerate;
mod judge;
mod members;
mod positions;
mod scale;
mod values;

use writeback_ad::{Controller, Directory, DirectoryObject, Objects};
use writeback_lab::{Edit, TestUser, UserSpec};
use writeback_model::SourceAnchor;

use crate::support::{Site, config, secret, site};

const FORESTS: [&str; 3] = ["corp.test", "fabrikam.test", "legacy.test"];

/// A domain, and an organizational unit in it that goes with everything below it.
struct Room {
    site: Site,
    ou: String,
    edit: Edit,
}

impl Room {
    fn new(domain: &str) -> Self {
        let site = site(domain);
        let edit = site.forest.edit().unwrap();
        let ou = edit.create_unique_ou().unwrap();
        Self { site, ou, edit }
    }

    fn user(&self) -> TestUser {
        self.user_like(UserSpec::default())
    }

    fn user_like(&self, spec: UserSpec) -> TestUser {
        let ou = spec.ou.clone().unwrap_or(self.ou.clone());
        self.site.user(UserSpec {
            ou: Some(ou),
            ..spec
        })
    }

    fn anchor(&self, dn: &str) -> SourceAnchor {
        let dc = self.site.forest.first_dc().unwrap();
        let guid = self.site.forest.attribute(dc, dn, "objectGUID").unwrap();
        SourceAnchor::try_from_bytes(&guid[0]).unwrap()
    }

    /// The controller on which the edits are made, as the agent.
    async fn pdc(&self) -> Controller {
        self.site.directory.pdc().await.unwrap()
    }

    /// The same, as the administrator.
    async fn pdc_as_administrator(&self) -> Controller {
        let forest = &self.site.forest;
        let mut config = config(forest);
        config.credentials.user = forest.administrator_upn.clone();
        config.credentials.password = secret(&forest.administrator_password);
        Directory::new(config).unwrap().pdc().await.unwrap()
    }

    /// Everything in the unit.
    async fn all(&self, wanted: &[&str]) -> Vec<DirectoryObject> {
        let pdc = self.pdc().await;
        all(pdc.enumerate(Some(&self.ou), &names(wanted), 1000)).await
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let gone = self.edit.delete_tree(&self.ou);
        assert!(gone.is_ok() || std::thread::panicking(), "{gone:?}");
    }
}

async fn all(mut objects: Objects) -> Vec<DirectoryObject> {
    let mut all = Vec::new();
    while let Some(page) = objects.next().await.unwrap() {
        all.extend(page);
    }
    assert!(
        objects.next().await.unwrap().is_none(),
        "the end stays the end"
    );
    all
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn one<'a>(objects: &'a [DirectoryObject], anchor: &SourceAnchor) -> &'a DirectoryObject {
    let mut found = objects.iter().filter(|object| object.anchor == *anchor);
    let one = found.next().unwrap();
    assert!(found.next().is_none(), "an object came twice");
    one
}
