//! Which objects and attributes are asked for.

use writeback_model::never_imported;

use crate::filter::Filter;

/// What every object is asked for, besides its members.
const ALWAYS: &[&str] = &[
    "objectGUID",
    "objectClass",
    "objectSid",
    "primaryGroupID",
    "userAccountControl",
    "accountExpires",
    "isCriticalSystemObject",
    "mS-DS-ConsistencyGuid",
];

/// What tells that an object changed, was moved or was deleted.
const CHANGING: &[&str] = &[
    "isDeleted",
    "name",
    "parentGUID",
    "userAccountControl",
    "accountExpires",
    "primaryGroupID",
    "member",
    "mS-DS-ConsistencyGuid",
];

/// What other objects lie in.
pub(crate) const CONTAINERS: &[&str] = &[
    "organizationalUnit",
    "container",
    "builtinDomain",
    "domainDNS",
];

/// Attributes whose values are taken as text.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    names: Vec<String>,
}

impl Wanted {
    /// What is no name of an attribute is left out (`*` would ask for all), and so is what
    /// would be asked for twice, and what is never to be read whoever asks.
    pub(crate) fn new(names: &[String]) -> Self {
        let mut taken: Vec<String> = Vec::new();
        let readable = |name: &&String| is_name(name) && !never_imported(name);
        for name in names.iter().filter(readable) {
            let known = taken.iter().any(|other| other.eq_ignore_ascii_case(name));
            // Members are always given, by their GUIDs.
            if !known && !name.eq_ignore_ascii_case("member") {
                taken.push(name.clone());
            }
        }
        Self { names: taken }
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// What whole objects are asked for.
    pub(crate) fn of_objects(&self, members_at_once: usize) -> Vec<String> {
        let mut all = self.with(ALWAYS);
        all.push(members_from(0, members_at_once));
        all
    }

    /// What changes are asked for.
    pub(crate) fn of_changes(&self) -> Vec<String> {
        self.with(CHANGING)
    }

    fn with(&self, fixed: &[&str]) -> Vec<String> {
        let further = self
            .names
            .iter()
            .filter(|name| !fixed.iter().any(|known| known.eq_ignore_ascii_case(name)));
        fixed
            .iter()
            .map(|name| (*name).to_owned())
            .chain(further.cloned())
            .collect()
    }
}

/// The attribute description that asks for members from here on (MS-ADTS 3.1.1.3.1.3.3).
pub(crate) fn members_from(start: usize, at_once: usize) -> String {
    let end = start.saturating_add(at_once.saturating_sub(1));
    format!("member;range={start}-{end}")
}

fn is_name(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(word)
}

/// People's accounts and groups. Accounts of the directory's own are told apart afterwards:
/// what an account may not read is neither true nor false in a filter.
pub(crate) fn users_and_groups() -> Filter {
    let person = Filter::all_of(&[
        Filter::equal("objectCategory", b"person"),
        Filter::classes(&["user"]),
    ]);
    Filter::any_of(&[person, Filter::classes(&["group"])])
}

/// Users, groups and containers.
pub(crate) fn everything() -> Filter {
    Filter::any_of(&[users_and_groups(), Filter::classes(CONTAINERS)])
}

/// All that may have changed. By class alone: a deleted object has no category.
pub(crate) fn changeable() -> Filter {
    let classes = Filter::any_of(&[
        Filter::classes(&["user", "group"]),
        Filter::classes(CONTAINERS),
    ]);
    let computers = Filter::classes(&["computer"]);
    Filter::all_of(&[classes, Filter::not(&computers)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_asked_for_and_each_once() {
        let wanted = [
            "mail",
            "*",
            "1.1",
            "Mail",
            "",
            "a b",
            "Member",
            "NAME",
            "x;range=0-1",
            "unicodePwd",
            "MSLAPS-Password",
        ];
        let wanted = Wanted::new(&wanted.map(str::to_owned));
        assert_eq!(wanted.names(), ["mail", "NAME"]);
        let asked = wanted.of_objects(5_000);
        assert_eq!(
            asked.get(ALWAYS.len()..).unwrap(),
            ["mail", "NAME", "member;range=0-4999"]
        );
        let asked = wanted.of_changes();
        assert_eq!(asked.get(CHANGING.len()..).unwrap(), ["mail"]);
    }
}
