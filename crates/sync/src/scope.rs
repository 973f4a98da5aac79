//! Whether an object is in scope.

use crate::{Condition, Object, Removal, Rules};

impl Rules {
    /// Why an object is not in scope, where it is not.
    pub(crate) fn out_of_scope(&self, object: &Object) -> Option<Removal> {
        if let Some(gone) = object.gone {
            return Some(gone.into());
        }
        if !object.in_group_scope {
            return Some(Removal::NotInGroup);
        }
        let forest = self.forests.get(&object.forest)?;
        let all_hold = forest.filter.iter().all(|it| it.holds(object));
        (!all_hold).then_some(Removal::FilteredOut)
    }
}

impl Condition {
    fn holds(&self, object: &Object) -> bool {
        let any = |attribute: &str, test: &dyn Fn(&str) -> bool| {
            let mut values = object.values(attribute).iter();
            values.any(|value| test(&value.trim().to_lowercase()))
        };
        let present = |attribute: &str| any(attribute, &|value| !value.is_empty());
        let is = |wanted: &str| {
            let wanted = wanted.trim().to_lowercase();
            move |value: &str| value == wanted
        };
        match self {
            Self::Present { attribute } => present(attribute),
            Self::Absent { attribute } => !present(attribute),
            Self::Equals { attribute, value } => any(attribute, &is(value)),
            Self::NotEquals { attribute, value } => !any(attribute, &is(value)),
            Self::StartsWith { attribute, value } => {
                let wanted = value.trim().to_lowercase();
                any(attribute, &|value| value.starts_with(&wanted))
            }
        }
    }
}
