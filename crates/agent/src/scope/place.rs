//! Which organizational unit a configured name stands for, where name and pin may disagree.

use writeback_model::SourceAnchor;

use super::dn::normal;

/// A unit that is in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) anchor: SourceAnchor,
    pub(super) dn: String,
}

/// What a configured name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The unit of that name.
    AsConfigured(Found),
    /// The unit that had the name and has another now.
    Renamed(Found),
    /// The unit that had the name and has another now; the name was given to a second unit.
    NameGivenAway(Found),
    /// Nothing that is there.
    Missing,
}

impl Place {
    /// The unit.
    pub(super) const fn found(&self) -> Option<&Found> {
        match self {
            Self::AsConfigured(found) | Self::Renamed(found) | Self::NameGivenAway(found) => {
                Some(found)
            }
            Self::Missing => None,
        }
    }
}

/// Whether the name has to be looked up, too, after the pin was.
pub(super) fn name_matters(configured: &str, by_pin: Option<&Found>) -> bool {
    by_pin.is_none_or(|found| normal(&found.dn) != normal(configured))
}

/// Decides. A pin that still leads somewhere is believed; otherwise the name is.
pub(super) fn place(configured: &str, by_pin: Option<Found>, by_name: Option<Found>) -> Place {
    match (by_pin, by_name) {
        (Some(found), _) if !name_matters(configured, Some(&found)) => Place::AsConfigured(found),
        (Some(found), None) => Place::Renamed(found),
        // Seen by its old name a moment after it was seen by its new one.
        (Some(found), Some(other)) if found.anchor == other.anchor => Place::AsConfigured(other),
        (Some(found), Some(_)) => Place::NameGivenAway(found),
        (None, Some(found)) => Place::AsConfigured(found),
        (None, None) => Place::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "OU=Staff,DC=corp,DC=test";

    fn found(byte: u8, dn: &str) -> Found {
        Found {
            anchor: SourceAnchor::try_from_bytes(&[byte; 16]).unwrap(),
            dn: dn.to_owned(),
        }
    }

    #[test]
    fn the_pin_goes_before_the_name() {
        let (staff, other) = (found(1, "ou=staff,DC=Corp,DC=test"), found(2, NAME));
        let moved = found(1, "OU=People,DC=corp,DC=test");
        for (by_pin, by_name, expected) in [
            (None, Some(&staff), Place::AsConfigured(staff.clone())),
            (Some(&staff), None, Place::AsConfigured(staff.clone())),
            (Some(&moved), None, Place::Renamed(moved.clone())),
            (
                Some(&moved),
                Some(&other),
                Place::NameGivenAway(moved.clone()),
            ),
            (
                Some(&moved),
                Some(&staff),
                Place::AsConfigured(staff.clone()),
            ),
            (None, None, Place::Missing),
        ] {
            assert_eq!(place(NAME, by_pin.cloned(), by_name.cloned()), expected);
        }
    }

    #[test]
    fn the_name_is_not_looked_up_where_the_pin_says_it() {
        assert!(!name_matters(
            NAME,
            Some(&found(1, "ou=staff,dc=corp,dc=test"))
        ));
        assert!(name_matters(NAME, Some(&found(1, "OU=x,DC=corp,DC=test"))));
        assert!(name_matters(NAME, None));
    }
}
