//! What the cloud knows of this agent: whether it runs, and what passwords are sealed to.

use std::sync::Arc;

use writeback_doctor::{Finding, Outcome, Verdict};
use writeback_model::Secret;
use writeback_wire::{
    http::SELF_PATH,
    round_trip::{KnownAgent, KnownLink},
};

use super::Around;
use crate::{
    state::{SealingKeys, StateDir},
    transport::Transport,
};

const CHECK: &str = "agent-running";

pub(super) async fn look(around: Arc<Around>, transport: Arc<Transport>, token: Secret) -> Outcome {
    let known: Result<KnownAgent, _> = transport
        .ask_json(SELF_PATH, token.expose(), None::<&()>)
        .await;
    match known {
        Ok(KnownAgent {
            link: Some(link),
            cloud_version,
        }) => {
            let finding = linked(&around, &link);
            finding.seen("cloud", cloud_version).into()
        }
        Ok(KnownAgent { link: None, .. }) => Finding::fault(CHECK, "").into(),
        Err(error) => Finding::new(CHECK, "", Verdict::CouldNotRun)
            .error(&error)
            .into(),
    }
}

fn linked(around: &Around, link: &KnownLink) -> Finding {
    let here = env!("CARGO_PKG_VERSION");
    let seen = |finding: Finding| {
        finding
            .seen("connected since", format!("{:.0}", link.since))
            .seen("agent", &link.version)
            .seen("sealing key", link.sealing_key)
    };
    let dir = StateDir::at(&around.config.state_dir);
    let keys = match SealingKeys::load(&dir) {
        Ok(keys) => keys,
        Err(error) => {
            let unknown = Finding::new(CHECK, "", Verdict::CouldNotRun);
            return seen(unknown).error(&error);
        }
    };
    if keys.is_none_or(|keys| keys.find(link.sealing_key).is_none()) {
        return seen(Finding::fault(CHECK, ""))
            .because(
                "Passwords are sealed to a key that is not kept in this state folder: the agent \
                 that runs is of another folder, or its keys were put back from a backup.",
            )
            .remedy([
                "Restart the agent: it tells the cloud the key that it has.",
                "$ systemctl restart writeback-agent",
            ]);
    }
    if link.version != here {
        return seen(Finding::warning(CHECK, ""))
            .seen("this program", here)
            .because("The agent that runs is of another version than this program.")
            .remedy(["$ systemctl restart writeback-agent"]);
    }
    seen(Finding::fine(CHECK, ""))
}
