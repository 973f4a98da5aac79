//! What an operator should look at in a policy that can be set.

use writeback_model::GroupId;

use super::{Administrators, Method, ResetPolicy, Scope, method::list};

/// A group that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownGroup {
    /// Which.
    pub id: GroupId,
    /// Its name.
    pub name: String,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// There is no such group: the entry matches nobody.
    NoSuchGroup {
        /// Which entry.
        entry: String,
    },
    /// Several groups have the name: the entry matches nobody until it says which.
    SeveralGroups {
        /// Which entry.
        entry: String,
        /// Those that have it.
        ids: Vec<GroupId>,
    },
    /// An earlier entry takes everybody of the group.
    NeverMatches {
        /// Which entry.
        entry: String,
        /// The earlier one.
        earlier: String,
    },
    /// The installation cannot ask at so many gates.
    GatesNotReachable {
        /// Which entry.
        entry: String,
        /// How many gates.
        gates: u8,
        /// The methods of the entry that can be carried out.
        usable: Vec<Method>,
    },
    /// Only a required registration is confirmed again.
    ReconfirmWithoutRegistration {
        /// Which entry.
        entry: String,
    },
    /// `selected`, and no entry.
    NobodySelected,
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchGroup { entry } => write!(
                f,
                "{entry}: there is no such group, so that it matches nobody; set the policy again \
                 when there is"
            ),
            Self::SeveralGroups { entry, ids } => {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "{entry}: several groups have that name, so that it matches nobody; add \
                     id = \"…\" with one of {}",
                    ids.join(", ")
                )
            }
            Self::NeverMatches { entry, earlier } => {
                write!(
                    f,
                    "{entry} can never match: {earlier} takes the same group first"
                )
            }
            Self::GatesNotReachable {
                entry,
                gates,
                usable,
            } => write!(
                f,
                "{entry} asks for {gates} gates, and this installation can carry out: {}; nobody \
                 for whom it holds can reset",
                list(usable)
            ),
            Self::ReconfirmWithoutRegistration { entry } => write!(
                f,
                "{entry}: reconfirm_days means nothing without registration_required"
            ),
            Self::NobodySelected => f.write_str(
                "the scope is \"selected\" and there is no group entry: nobody but administrators \
                 can reset",
            ),
        }
    }
}

/// Everything to look at. Entries without an identifier get that of the one group which has
/// their name.
pub fn remarks(
    policy: &mut ResetPolicy,
    known: &[KnownGroup],
    available: &[Method],
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if policy.scope == Scope::Selected && policy.groups.is_empty() {
        remarks.push(Remark::NobodySelected);
    }
    let default = policy.default_entry.clone();
    let of_settings = |settings: &super::Settings, entry: &str, remarks: &mut Vec<Remark>| {
        if settings.reset {
            gates(&settings.methods, settings.gates, available, entry, remarks);
        }
        if settings.reconfirm_days > 0 && !settings.registration_required {
            remarks.push(Remark::ReconfirmWithoutRegistration {
                entry: entry.to_owned(),
            });
        }
    };
    of_settings(&default, "[default]", &mut remarks);
    let administrators = &policy.administrators;
    if administrators.reset {
        let gates_asked = Administrators::GATES;
        let name = "[administrators]";
        gates(
            &administrators.methods,
            gates_asked,
            available,
            name,
            &mut remarks,
        );
    }
    let mut seen: Vec<(GroupId, String)> = Vec::new();
    for (number, entry) in policy.groups.iter_mut().enumerate() {
        let name = ResetPolicy::name_of_entry(number, &entry.group);
        find(entry, known, &name, &mut remarks);
        if let Some(id) = entry.id {
            match seen.iter().find(|(earlier, _)| *earlier == id) {
                Some((_, earlier)) => remarks.push(Remark::NeverMatches {
                    entry: name.clone(),
                    earlier: earlier.clone(),
                }),
                None => seen.push((id, name.clone())),
            }
        }
        of_settings(&entry.over(&default), &name, &mut remarks);
    }
    remarks
}

fn find(
    entry: &mut super::GroupEntry,
    known: &[KnownGroup],
    name: &str,
    remarks: &mut Vec<Remark>,
) {
    if let Some(id) = entry.id {
        match known.iter().find(|group| group.id == id) {
            Some(group) => entry.group.clone_from(&group.name),
            None => remarks.push(Remark::NoSuchGroup {
                entry: name.to_owned(),
            }),
        }
        return;
    }
    let written = entry.group.trim().to_lowercase();
    let by_id = entry.group.trim().parse::<GroupId>().ok();
    let matching: Vec<_> = known
        .iter()
        .filter(|group| Some(group.id) == by_id || group.name.to_lowercase() == written)
        .collect();
    match matching.as_slice() {
        [] => remarks.push(Remark::NoSuchGroup {
            entry: name.to_owned(),
        }),
        [group] => {
            entry.id = Some(group.id);
            entry.group.clone_from(&group.name);
        }
        several => remarks.push(Remark::SeveralGroups {
            entry: name.to_owned(),
            ids: several.iter().map(|group| group.id).collect(),
        }),
    }
}

fn gates(
    methods: &[Method],
    gates: u8,
    available: &[Method],
    entry: &str,
    remarks: &mut Vec<Remark>,
) {
    let usable: Vec<_> = methods
        .iter()
        .copied()
        .filter(|method| available.contains(method))
        .collect();
    if usable.len() < usize::from(gates) {
        remarks.push(Remark::GatesNotReachable {
            entry: entry.to_owned(),
            gates,
            usable,
        });
    }
}
