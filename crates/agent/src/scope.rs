//! Which objects the agent may act on, by where they are in the directory.
//!
//! Organizational units are configured by their names and kept by their GUIDs ([`pins`]), so
//! that renaming or moving one changes nothing: [`Units`] finds out what they are called at
//! this moment on one domain controller, and gives the [`Scope`] that its objects are judged
//! by.

mod digest;
mod dn;
mod error;
mod pins;
mod place;
mod units;
mod words;

use writeback_ad::guid_dn;
use writeback_model::SourceAnchor;

use self::dn::parts;
pub(crate) use self::{
    dn::is_within,
    error::ScopeError,
    pins::Pins,
    units::{Units, domain_of},
};

/// Organizational units of one domain to act on, less those to leave alone, by the names that
/// they have at one moment on one domain controller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The whole domain where there is none; nothing where it is empty.
    include: Option<Vec<Unit>>,
    exclude: Vec<Unit>,
}

/// An organizational unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    anchor: SourceAnchor,
    parts: Vec<String>,
}

impl Unit {
    /// One of that name.
    pub(crate) fn new(anchor: SourceAnchor, dn: &str) -> Self {
        let parts = parts(dn);
        Self { anchor, parts }
    }
}

impl Scope {
    /// Nothing but what is below these.
    #[cfg(test)]
    pub(crate) fn of(include: Vec<Unit>) -> Self {
        Self {
            include: Some(include),
            exclude: Vec::new(),
        }
    }

    /// Whether the object of that distinguished name is in scope. One without a name that can
    /// be read is where nobody can tell.
    pub(crate) fn holds(&self, dn: &str) -> bool {
        if dn.starts_with('<') {
            return *self == Self::default();
        }
        self.holds_parts(&parts(dn))
    }

    fn holds_parts(&self, object: &[String]) -> bool {
        let is_below = |unit: &Unit| object.ends_with(&unit.parts);
        let included = |units: &Vec<Unit>| units.iter().any(is_below);
        self.include.as_ref().is_none_or(included) && !self.exclude.iter().any(is_below)
    }

    /// Below what everything in scope is found: `None` is the whole domain. No object is below
    /// two of them.
    pub(crate) fn bases(&self) -> Option<Vec<String>> {
        let units = self.include.as_ref()?;
        let mut bases = Vec::new();
        for (at, unit) in units.iter().enumerate() {
            let within = |(other_at, other): (usize, &Unit)| {
                let is_same = unit.parts == other.parts;
                unit.parts.ends_with(&other.parts) && (!is_same || other_at < at)
            };
            if self.holds_parts(&unit.parts) && !units.iter().enumerate().any(within) {
                bases.push(guid_dn(&unit.anchor));
            }
        }
        Some(bases)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scope(include: &[&str], exclude: &[&str]) -> Scope {
        let units = |names: &[&str]| -> Vec<Unit> {
            let numbered = names.iter().zip(1_u8..);
            numbered
                .map(|(dn, number)| {
                    Unit::new(SourceAnchor::try_from_bytes(&[number; 16]).unwrap(), dn)
                })
                .collect()
        };
        Scope {
            include: (!include.is_empty()).then(|| units(include)),
            exclude: units(exclude),
        }
    }

    const ALICE: &str = "CN=Alice\\, A.,OU=North,OU=Staff,DC=corp,DC=test";

    #[test]
    fn without_units_everything_is_in_scope() {
        assert!(Scope::default().holds(ALICE));
        assert!(Scope::default().holds("<GUID=00>"));
        assert_eq!(Scope::default().bases(), None);
    }

    #[test]
    fn a_domain_without_a_unit_to_include_has_nothing_in_scope() {
        let nothing = Scope {
            include: Some(Vec::new()),
            exclude: Vec::new(),
        };
        assert!(!nothing.holds(ALICE));
        assert_eq!(nothing.bases(), Some(Vec::new()));
    }

    #[test]
    fn a_unit_holds_what_is_below_it() {
        assert!(scope(&["ou=staff, dc=corp,DC=Test"], &[]).holds(ALICE));
        assert!(scope(&["OU=North,OU=Staff,DC=corp,DC=test"], &[]).holds(ALICE));
        assert!(!scope(&["OU=North,DC=corp,DC=test"], &[]).holds(ALICE));
        assert!(!scope(&["U=Staff,DC=corp,DC=test"], &[]).holds(ALICE));
    }

    #[test]
    fn exclusion_goes_before_inclusion() {
        let staff = "OU=Staff,DC=corp,DC=test";
        assert!(!scope(&[staff], &["OU=North,OU=Staff,DC=corp,DC=test"]).holds(ALICE));
        assert!(!scope(&[], &["DC=corp,DC=test"]).holds(ALICE));
        assert!(!scope(&[], &["OU=Elsewhere,DC=corp,DC=test"]).holds("<GUID=00>"));
    }

    #[test]
    fn a_name_cannot_break_out_of_its_unit() {
        let outside = "CN=x\\,OU=Staff\\,DC=corp\\,DC=test,OU=Guests,DC=corp,DC=test";
        assert!(!scope(&["OU=Staff,DC=corp,DC=test"], &[]).holds(outside));
        let odd = scope(&["OU=A\\2CB,DC=corp,DC=test"], &[]);
        assert!(odd.holds("CN=x,OU=a\\,b,DC=corp,DC=test"));
    }

    #[test]
    fn nothing_is_read_twice_or_for_nothing() {
        let scope = scope(
            &[
                "OU=North,OU=Staff,DC=corp,DC=test",
                "OU=Staff,DC=corp,DC=test",
                "OU=staff,DC=corp,DC=test",
                "OU=Secret,DC=corp,DC=test",
                "OU=Guests,DC=corp,DC=test",
            ],
            &["OU=Secret,DC=corp,DC=test"],
        );
        let base = |number: u8| guid_dn(&SourceAnchor::try_from_bytes(&[number; 16]).unwrap());
        assert_eq!(scope.bases(), Some(vec![base(2), base(5)]));
    }

    proptest! {
        #[test]
        fn no_name_ends_the_program(dn in ".*") {
            let _ = scope(&["OU=Staff,DC=corp,DC=test"], &[]).holds(&dn);
        }
    }
}
