//! The organizational units of one forest: what is configured, and what that means now.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::try_join_all;
use writeback_ad::{AdError, Controller};
use writeback_model::DomainName;

use super::{
    Pins, Scope, ScopeError, Unit,
    digest::digest,
    dn::is_within,
    place::{Found, Place, name_matters, place},
    words::say,
};

/// LDAP's `referral` and `invalidDNSyntax`: what a controller says of names that are not its
/// domain's, or none at all.
const NO_NAME_HERE: [u32; 2] = [10, 34];

/// What is configured for a forest.
pub(crate) struct Units {
    forest: DomainName,
    domains: Vec<DomainName>,
    configured: Vec<Configured>,
    pins: Arc<Pins>,
    seen: Mutex<Seen>,
}

struct Configured {
    dn: String,
    is_included: bool,
    /// The domain that it is in, of those that are served.
    domain: Option<DomainName>,
}

#[derive(Default)]
struct Seen {
    /// What was said of a unit last, so that it is said once.
    said: BTreeMap<String, Place>,
    missing: BTreeSet<String>,
    at_pdc: BTreeMap<DomainName, Scope>,
}

impl Units {
    /// Nothing is looked up yet.
    pub(crate) fn new(
        forest: DomainName,
        domains: Vec<DomainName>,
        include: &[String],
        exclude: &[String],
        pins: Arc<Pins>,
    ) -> Self {
        let flagged = |names: &[String], is_included| -> Vec<Configured> {
            let unit = |dn: &String| Configured {
                dn: dn.clone(),
                is_included,
                domain: domain_of(dn, &domains),
            };
            names.iter().map(unit).collect()
        };
        let mut configured = flagged(include, true);
        configured.extend(flagged(exclude, false));
        Self {
            forest,
            domains,
            configured,
            pins,
            seen: Mutex::default(),
        }
    }

    /// What is in scope of a domain, asked of that very controller: another one may call a
    /// unit by another name for a while.
    pub(crate) async fn at(
        &self,
        domain: &DomainName,
        controller: &Controller,
    ) -> Result<Scope, ScopeError> {
        let here = self
            .configured
            .iter()
            .filter(|unit| unit.domain.as_ref() == Some(domain));
        let looked = here.map(|unit| async move {
            let place = self.look(&unit.dn, controller).await?;
            Ok::<_, AdError>((unit, place))
        });
        let mut scope = Scope {
            include: self
                .configured
                .iter()
                .any(|unit| unit.is_included)
                .then(Vec::new),
            exclude: Vec::new(),
        };
        for (unit, place) in try_join_all(looked).await? {
            self.note(&unit.dn, &place);
            let Some(found) = place.found() else { continue };
            let placed = Unit::new(found.anchor, &found.dn);
            match &mut scope.include {
                Some(include) if unit.is_included => include.push(placed),
                _ => scope.exclude.push(placed),
            }
        }
        self.whole()?;
        Ok(scope)
    }

    /// The same of the PDC emulator, by which writes are judged.
    pub(crate) async fn at_pdc(
        &self,
        domain: &DomainName,
        pdc: &Controller,
    ) -> Result<Scope, ScopeError> {
        let scope = self.at(domain, pdc).await?;
        self.seen().at_pdc.insert(domain.clone(), scope.clone());
        Ok(scope)
    }

    /// What the PDC emulator said when it was asked last.
    pub(crate) fn last_at_pdc(&self, domain: &DomainName) -> Option<Scope> {
        self.seen().at_pdc.get(domain).cloned()
    }

    /// A digest of what is in scope, by GUIDs; `None` until all units were found.
    pub(crate) fn digest(&self) -> Option<String> {
        self.whole().ok()?;
        let mut lines = BTreeSet::new();
        for unit in &self.configured {
            lines.insert((unit.is_included, self.pins.get(&unit.dn)?.guid()));
        }
        Some(digest(&self.domains, &lines))
    }

    /// Whether no unit of the forest is known to be missing: part of a scope is none.
    fn whole(&self) -> Result<(), ScopeError> {
        match self.seen().missing.first() {
            None => Ok(()),
            Some(dn) => Err(ScopeError::Missing {
                dn: dn.clone(),
                forest: self.forest.clone(),
            }),
        }
    }

    async fn look(&self, dn: &str, controller: &Controller) -> Result<Place, AdError> {
        let by_pin = match self.pins.get(dn) {
            Some(anchor) => controller.resolve_container_by_guid(&anchor).await?,
            None => None,
        };
        let by_pin = by_pin.map(found);
        let by_name = if name_matters(dn, by_pin.as_ref()) {
            match controller.resolve_container(dn).await {
                Err(AdError::Refused { source, .. }) if NO_NAME_HERE.contains(&source.code) => None,
                looked => looked?.map(found),
            }
        } else {
            None
        };
        Ok(place(dn, by_pin, by_name))
    }

    fn note(&self, dn: &str, place: &Place) {
        if let Some(found) = place.found() {
            self.pins.set(dn, found.anchor);
        }
        let mut seen = self.seen();
        match place {
            Place::Missing => seen.missing.insert(dn.to_owned()),
            _ => seen.missing.remove(dn),
        };
        if seen.said.insert(dn.to_owned(), place.clone()).as_ref() != Some(place) {
            drop(seen);
            say(&self.forest, dn, place, &self.pins.file());
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn found((anchor, dn): (writeback_model::SourceAnchor, String)) -> Found {
    Found { anchor, dn }
}

/// The domain that holds the object of that name: a child domain lies below its parent's head.
pub(crate) fn domain_of(dn: &str, domains: &[DomainName]) -> Option<DomainName> {
    domains
        .iter()
        .filter(|domain| is_within(dn, &domain.base_dn()))
        .max_by_key(|domain| domain.as_str().len())
        .cloned()
}

#[cfg(test)]
mod tests {
    use writeback_model::SourceAnchor;

    use super::*;
    use crate::state::StateDir;

    const STAFF: &str = "OU=Staff,DC=corp,DC=test";
    const NORTH: &str = "OU=North,OU=Staff,DC=corp,DC=test";

    struct Setting {
        _folder: tempfile::TempDir,
        dir: StateDir,
    }

    impl Setting {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let dir = StateDir::open(folder.path()).unwrap();
            Self {
                _folder: folder,
                dir,
            }
        }

        fn units(&self, include: &[&str], exclude: &[&str]) -> Units {
            let owned = |names: &[&str]| names.iter().map(|&it| it.into()).collect::<Vec<String>>();
            let (include, exclude) = (owned(include), owned(exclude));
            let all = include.iter().chain(&exclude);
            let pins = Arc::new(Pins::load(self.dir.clone(), all).unwrap());
            let forest: DomainName = "corp.test".parse().unwrap();
            Units::new(forest.clone(), vec![forest], &include, &exclude, pins)
        }
    }

    fn at(byte: u8, dn: &str) -> Found {
        Found {
            anchor: SourceAnchor::try_from_bytes(&[byte; 16]).unwrap(),
            dn: dn.into(),
        }
    }

    #[test]
    fn the_digest_is_of_guids_and_not_of_names() {
        let setting = Setting::new();
        let units = setting.units(&[STAFF], &[NORTH]);
        assert_eq!(units.digest(), None);
        units.note(STAFF, &Place::AsConfigured(at(1, STAFF)));
        assert_eq!(units.digest(), None);
        units.note(NORTH, &Place::AsConfigured(at(2, NORTH)));
        let first = units.digest().unwrap();
        assert_eq!(first.len(), 16);
        units.note(STAFF, &Place::Renamed(at(1, "OU=People,DC=corp,DC=test")));
        assert_eq!(units.digest().as_ref(), Some(&first));
        // Known again before the directory was asked, and the other way round it is another.
        assert_eq!(
            setting.units(&[STAFF], &[NORTH]).digest().as_ref(),
            Some(&first)
        );
        assert_ne!(
            setting.units(&[NORTH], &[STAFF]).digest().as_ref(),
            Some(&first)
        );
        assert_ne!(setting.units(&[], &[]).digest(), None);
    }

    #[test]
    fn what_is_missing_leaves_no_scope_until_it_is_back() {
        let units = Setting::new().units(&[STAFF], &[]);
        units.note(STAFF, &Place::Missing);
        assert!(matches!(units.whole(), Err(ScopeError::Missing { dn, .. }) if dn == STAFF));
        assert_eq!(units.digest(), None);
        units.note(STAFF, &Place::AsConfigured(at(1, STAFF)));
        assert!(units.whole().is_ok() && units.digest().is_some());
    }

    #[test]
    fn a_unit_is_of_the_innermost_domain_that_is_served() {
        let domains = ["corp.test", "sales.corp.test"].map(|it| it.parse().unwrap());
        let of = |dn| domain_of(dn, &domains).map(|domain| domain.to_string());
        assert_eq!(of(STAFF).as_deref(), Some("corp.test"));
        let below = "OU=a,DC=sales,DC=corp,DC=test";
        assert_eq!(of(below).as_deref(), Some("sales.corp.test"));
        assert_eq!(of("OU=a,DC=other,DC=test"), None);
    }
}
