//! What goes on for a forest at the cloud's order: at most one import and one watch.

use std::{collections::HashMap, sync::Arc};

use tokio::task::JoinHandle;
use writeback_model::{DomainName, RunId};
use writeback_wire::ImportOrder;

use crate::{
    core::Core, events, import::Import, link::Session, token::Tokens, transport::Transport,
    uploads::Uploads, watch::Watch,
};

/// What goes on, by forest.
pub(crate) struct Jobs {
    core: Arc<Core>,
    transport: Arc<Transport>,
    tokens: Arc<Tokens>,
    /// Kept from one import to the next.
    uploads: HashMap<DomainName, Arc<Uploads>>,
    imports: HashMap<DomainName, (RunId, JoinHandle<()>)>,
    watches: HashMap<DomainName, JoinHandle<()>>,
}

impl Jobs {
    /// Nothing goes on yet.
    pub(crate) fn new(core: Arc<Core>, transport: Arc<Transport>, tokens: Arc<Tokens>) -> Self {
        Self {
            core,
            transport,
            tokens,
            uploads: HashMap::new(),
            imports: HashMap::new(),
            watches: HashMap::new(),
        }
    }

    /// Whoever orders a new import of a forest does not want the one before any more.
    pub(crate) fn import(&mut self, order: ImportOrder) {
        let (run, forest) = (order.run, order.forest.clone());
        let work = Import {
            core: Arc::clone(&self.core),
            uploads: self.uploads_of(&forest),
            order,
        };
        let before = self.imports.remove(&forest);
        if let Some((before, task)) = before.filter(|(_, task)| !task.is_finished()) {
            tracing::warn!(%run, %before, %forest, event_id = events::IMPORT_FAILED,
                "an import is given up for a new one");
            task.abort();
        }
        self.imports.insert(forest, (run, tokio::spawn(work.run())));
    }

    /// Watches a forest as long as the link lives.
    pub(crate) fn watch(&mut self, forest: DomainName, attributes: Vec<String>, session: Session) {
        let work = Watch {
            core: Arc::clone(&self.core),
            uploads: self.uploads_of(&forest),
            forest: forest.clone(),
            attributes,
            session,
        };
        self.unwatch(&forest);
        self.watches.insert(forest, tokio::spawn(work.run()));
    }

    /// Leaves it to another agent.
    pub(crate) fn unwatch(&mut self, forest: &DomainName) {
        if let Some(watch) = self.watches.remove(forest) {
            watch.abort();
        }
    }

    /// Ends everything: it can be begun anew, here or elsewhere.
    pub(crate) fn stop(&self) {
        let imports = self.imports.values().map(|(_, import)| import);
        for task in imports.chain(self.watches.values()) {
            task.abort();
        }
    }

    fn uploads_of(&mut self, forest: &DomainName) -> Arc<Uploads> {
        let uploads = self.uploads.entry(forest.clone()).or_insert_with(|| {
            let (transport, tokens) = (Arc::clone(&self.transport), Arc::clone(&self.tokens));
            Arc::new(Uploads::new(transport, tokens))
        });
        Arc::clone(uploads)
    }
}
