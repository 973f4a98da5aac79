//! Asking one agent whether a password is a person's. Nothing of it is kept: whoever asks waits,
//! and what was lost is asked no second time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;
use writeback_model::{AgentId, DomainName, SignInId, TenantId};
use writeback_wire::{SealingKey, SignIn, SignedIn, ToAgent};

use crate::hub::Hub;

/// The tries that wait for an answer.
#[derive(Default)]
pub(crate) struct SignIns(Mutex<HashMap<SignInId, Asked>>);

struct Asked {
    agent: AgentId,
    tell: oneshot::Sender<SignedIn>,
}

impl SignIns {
    fn asked(&self) -> MutexGuard<'_, HashMap<SignInId, Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever waits for an agent that is gone waits no more.
    pub(crate) fn forget_agent(&self, agent: AgentId) {
        self.asked().retain(|_, asked| asked.agent != agent);
    }
}

/// A try that an agent was asked about. Dropped, its answer is let go.
pub struct AwaitedSignIn {
    hub: Arc<Hub>,
    id: SignInId,
    answer: oneshot::Receiver<SignedIn>,
}

impl AwaitedSignIn {
    /// Waits for the answer; `None` when the agent's link ends before it comes.
    pub async fn answer(mut self) -> Option<SignedIn> {
        (&mut self.answer).await.ok()
    }
}

impl Drop for AwaitedSignIn {
    fn drop(&mut self) {
        self.hub.sign_ins.asked().remove(&self.id);
    }
}

impl Hub {
    /// The agent that could best ask a forest's directory now, and its key.
    pub fn agent_for_sign_in(
        &self,
        tenant: TenantId,
        forest: &DomainName,
    ) -> Option<(AgentId, SealingKey)> {
        let registry = self.registry();
        let entry = registry.choose(tenant, forest, |_| true, &[])?;
        Some((entry.agent.id, entry.agent.sealing_key.clone()))
    }

    /// Asks that agent. `None` when it cannot be: then it never hears of the password.
    pub fn ask_sign_in(self: &Arc<Self>, agent: AgentId, ask: SignIn) -> Option<AwaitedSignIn> {
        let (tell, answer) = oneshot::channel();
        let id = ask.sign_in;
        self.sign_ins.asked().insert(id, Asked { agent, tell });
        let awaited = AwaitedSignIn {
            hub: Arc::clone(self),
            id,
            answer,
        };
        self.send(agent, ToAgent::SignIn(ask)).then_some(awaited)
    }

    /// Takes an answer: from the agent that was asked, and nobody else.
    pub(crate) fn signed_in(&self, agent: AgentId, answer: SignedIn) {
        let mut asked = self.sign_ins.asked();
        if asked
            .get(&answer.sign_in)
            .is_some_and(|asked| asked.agent == agent)
            && let Some(asked) = asked.remove(&answer.sign_in)
        {
            // Whoever asked may have stopped waiting.
            let _ = asked.tell.send(answer);
        }
    }
}
