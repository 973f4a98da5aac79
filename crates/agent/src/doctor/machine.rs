//! This machine: configuration, password files, state folder, enrolment.

use std::{
    error::Error,
    fs,
    os::unix::fs::PermissionsExt as _,
    sync::{Arc, Mutex, PoisonError},
};

use writeback_doctor::{Finding, Outcome};

use super::{Around, Examination, cloud, directory, person::Sought, round_trip::Ready};
use crate::{
    config::{AgentConfig, ForestConfig},
    state::{Identity, Membership, StateDir, StateError, Switch},
};

/// Others than the owner.
const OTHERS: u32 = 0o077;

/// Reads the configuration, which everything else goes by.
pub(super) fn configuration(
    examination: Examination,
    kept: &Mutex<Option<Arc<Around>>>,
) -> Outcome {
    let file = examination.config.display().to_string();
    let config = match AgentConfig::load(&examination.config) {
        Ok(config) => config,
        Err(error) => {
            return Finding::fault("configuration", "")
                .seen("file", &file)
                .error(&error)
                .name("file", file)
                .into();
        }
    };
    let found = Finding::fine("configuration", "").seen("file", &file);
    let domains: usize = config
        .forests
        .iter()
        .map(|it| it.served_domains().len())
        .sum();
    let around = Arc::new(Around {
        file,
        silences: examination.silences,
        ready: Ready::default(),
        user: examination.user.map(|name| Sought::new(name, domains)),
        clock: examination.clock,
        entropy: examination.entropy,
        config,
    });
    *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&around));
    let (findings, member) = state(&around);
    let forests = around.config.forests.iter();
    let passwords: Vec<_> = forests.map(|forest| password(&around, forest)).collect();
    Outcome::from(found)
        .also(findings)
        .also(passwords)
        .then(cloud::steps(&around, member))
        .then(directory::steps(&around))
}

fn password(around: &Around, forest: &ForestConfig) -> Finding {
    let check = "password-file";
    match forest.password_file.read() {
        Ok(_) => Finding::fine(check, forest.name.as_str()),
        Err(error) => Finding::fault(check, forest.name.as_str())
            .error(&error)
            .name("file", place_of(&forest.password_file, &around.file)),
    }
}

fn place_of(source: &crate::config::PasswordSource, config: &str) -> String {
    match source {
        crate::config::PasswordSource::File(file) => file.display().to_string(),
        crate::config::PasswordSource::Credential(_) => config.to_owned(),
    }
}

/// The agent as the cloud knows it, where it is enrolled.
pub(super) type Member = Option<(Membership, Identity)>;

fn state(around: &Around) -> (Vec<Finding>, Member) {
    let folder = &around.config.state_dir;
    let shown = folder.display().to_string();
    let enrolment = |finding: Finding| {
        finding
            .name("cloud", &around.config.cloud)
            .name("file", &around.file)
    };
    let at = Finding::fine("state-folder", "").seen("folder", &shown);
    let mode = match fs::metadata(folder) {
        Ok(of) => of.permissions().mode(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let never = enrolment(Finding::fault("enrolment", ""))
                .seen("folder", format!("{shown} does not exist"))
                .because("This agent never enrolled: it has no keys.");
            return (vec![never], None);
        }
        Err(error) => return (vec![broken(&shown, &error)], None),
    };
    let dir = StateDir::at(folder);
    let member = match (Membership::load(&dir), Identity::load(&dir)) {
        (Ok(membership), Ok(identity)) => membership.zip(identity),
        (Err(error), _) | (_, Err(error)) => return (vec![unreadable(&shown, &error)], None),
    };
    let folder = if mode & OTHERS == 0 {
        at
    } else {
        Finding::warning("state-folder", "")
            .seen("folder", &shown)
            .seen("mode", format!("{:04o}", mode & 0o7777))
            .because("Others than the agent's user may look into the folder of its keys.")
            .name("folder", &shown)
    };
    let switch = switch(around, &Switch::of(&dir));
    let Some((membership, identity)) = member else {
        let none = enrolment(Finding::fault("enrolment", ""))
            .seen("folder", &shown)
            .because("This agent never enrolled: it has no keys.");
        return (vec![folder, switch, none], None);
    };
    let seen = |finding: Finding| {
        enrolment(finding)
            .seen("agent", membership.agent)
            .seen("tenant", &membership.tenant_name)
            .seen("enrolled at", &membership.cloud)
    };
    if membership.cloud == around.config.cloud {
        let fine = seen(Finding::fine("enrolment", ""));
        (vec![folder, switch, fine], Some((membership, identity)))
    } else {
        let other = seen(Finding::fault("enrolment", ""))
            .seen("configured", &around.config.cloud)
            .because("This agent is enrolled at another cloud than the configuration names.");
        (vec![folder, switch, other], None)
    }
}

fn switch(around: &Around, switch: &Switch) -> Finding {
    if !switch.is_off() {
        return Finding::fine("agent-enabled", "");
    }
    let off = Finding::fault("agent-enabled", "").name("file", &around.file);
    match switch.off_since() {
        Some(since) => off.seen("since", format!("{since:.0}")),
        None => off,
    }
}

fn broken(folder: &str, error: &(dyn Error + 'static)) -> Finding {
    Finding::fault("state-folder", "")
        .seen("folder", folder)
        .error(error)
        .name("folder", folder)
}

fn unreadable(folder: &str, error: &StateError) -> Finding {
    let finding = broken(folder, error);
    match error {
        StateError::Damaged(_) => finding
            .because("A file of the agent's keys is damaged.")
            .remedy(["Restore {folder} from a backup, or enrol the agent anew."]),
        _ => finding,
    }
}
