//! A connection to one domain controller, for as long as it is needed.

use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicBool};

use jiff::Timestamp;
use writeback_model::SourceAnchor;

use crate::{
    account::{self, AccountSnapshot, Surroundings},
    directory::Directory,
    entry::Entry,
    error::AdError,
    names::{guid_dn, same_dn},
    policy::{self, PolicySource},
    pool::Kept,
    receipt::Receipt,
    refusal::Refusal,
    rootdse::{NO_SUCH_OBJECT, PolicyHints, RootDse, read_object},
    search::Search,
    time::from_generalized,
    waiting::Reply,
};

/// What a controller was chosen for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Pdc,
    Reader,
}

/// One domain controller. Several of them may be had at once, each on a connection of its own
/// as far as the limit goes; dropping one gives the connection back.
pub struct Controller {
    directory: Directory,
    kept: Mutex<Arc<Kept>>,
    host: Arc<str>,
    root: Arc<RootDse>,
    role: Role,
    /// It was found to give changes to the agent's account only as far as the account may see.
    pub(crate) object_security: AtomicBool,
}

impl Controller {
    pub(crate) fn new(directory: Directory, kept: Arc<Kept>, role: Role) -> Self {
        let host = Arc::clone(kept.connection.host());
        let root = Arc::clone(&kept.root);
        Self {
            directory,
            kept: Mutex::new(kept),
            host,
            root,
            role,
            object_security: AtomicBool::new(false),
        }
    }

    /// Its DNS name.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What it said of itself when the connection was made.
    pub fn root_dse(&self) -> &RootDse {
        &self.root
    }

    /// Which control it offers that holds a reset to history and minimum age.
    pub fn policy_hints(&self) -> Option<PolicyHints> {
        self.root.policy_hints()
    }

    /// The domain it is of.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(crate) fn kept(&self) -> Arc<Kept> {
        Arc::clone(&self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads, and reads once more on a fresh connection if the kept one turns out to be dead.
    /// Only for what changes nothing.
    pub(crate) async fn reading<T, F>(&self, read: impl Fn(Arc<Kept>) -> F) -> Result<T, AdError>
    where
        F: Future<Output = Result<T, AdError>>,
    {
        match read(self.kept()).await {
            Err(error) if error.is_stale_connection() => {
                tracing::debug!(host = self.host(), %error, "reading again");
                let fresh = self.directory.take(&self.host).await?;
                *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
                read(fresh).await
            }
            read => read,
        }
    }

    /// Everything about an account that decides whether and how it may be written, in one
    /// round trip (two if a password settings object applies). `None` if the domain has no
    /// such object, or none that the agent may see.
    ///
    /// On a controller from [`Directory::pdc`], a role that has moved meanwhile is an
    /// [`AdError::RoleMoved`], before anything is written to the wrong controller.
    pub async fn read_for_write(
        &self,
        anchor: &SourceAnchor,
    ) -> Result<Option<AccountSnapshot>, AdError> {
        let dn = guid_dn(anchor);
        self.reading(|kept| self.read_on(kept, dn.clone())).await
    }

    async fn read_on(
        &self,
        kept: Arc<Kept>,
        dn: String,
    ) -> Result<Option<AccountSnapshot>, AdError> {
        let connection = &kept.connection;
        let head = Search::object(&kept.root.domain_head, &policy::DOMAIN_POLICY);
        // Asked together, answered in the order asked: one round trip.
        let (object, head, now) = tokio::try_join!(
            connection.search("read account", Search::object(&dn, account::WANTED)),
            connection.search("read domain policy", head),
            connection.search("read clock", Search::object("", &["currentTime"])),
        )?;
        let head = self
            .only(head, "read domain policy")?
            .ok_or(self.missing("domain head"))?;
        self.check_role(&head)?;
        let Some(object) = self.only(object, "read account")? else {
            return Ok(None);
        };
        let now = self.clock(self.only(now, "read clock")?.as_ref())?;
        let (policy, policy_source) = self.policy(&kept, &object, &head).await?;
        let around = Surroundings {
            policy,
            policy_source,
            dc_now: now,
            vendor: self.root.vendor,
            policy_hints: self.policy_hints(),
        };
        account::snapshot(&object, around)
            .map(Some)
            .map_err(|what| self.missing(what))
    }

    fn check_role(&self, head: &Entry) -> Result<(), AdError> {
        if self.role == Role::Reader {
            return Ok(());
        }
        let owner = head
            .text("fSMORoleOwner")
            .ok_or(self.missing("fSMORoleOwner"))?;
        if same_dn(&owner, &self.root.ds_service_name) {
            return Ok(());
        }
        self.directory.forget_pdc(&self.host);
        Err(AdError::RoleMoved {
            host: self.host.to_string(),
        })
    }

    async fn policy(
        &self,
        kept: &Kept,
        object: &Entry,
        head: &Entry,
    ) -> Result<(writeback_model::PasswordPolicy, PolicySource), AdError> {
        let Some(dn) = object.text("msDS-ResultantPSO") else {
            let policy = policy::of_domain(head).ok_or(self.missing("domain policy"))?;
            return Ok((policy, PolicySource::Domain));
        };
        let wanted = &policy::SETTINGS_OBJECT;
        let object = read_object(&kept.connection, "read password settings", &dn, wanted).await?;
        Ok(match object.as_ref().and_then(policy::of_settings_object) {
            Some(policy) => (policy, PolicySource::SettingsObject),
            None => (policy::unreadable(&dn), PolicySource::Unreadable),
        })
    }

    /// Who last wrote the password, the lockout and the password date of an account. `None`
    /// if the domain has no such object.
    pub async fn receipt(&self, anchor: &SourceAnchor) -> Result<Option<Receipt>, AdError> {
        let dn = guid_dn(anchor);
        let read = |kept: Arc<Kept>| {
            let dn = dn.clone();
            async move {
                let connection = &kept.connection;
                tokio::try_join!(
                    connection.search(
                        "read receipt",
                        Search::object(&dn, &["replPropertyMetaData"])
                    ),
                    connection.search("read clock", Search::object("", &["currentTime"])),
                )
            }
        };
        let (object, now) = self.reading(read).await?;
        let Some(object) = self.only(object, "read receipt")? else {
            return Ok(None);
        };
        let now = self.clock(self.only(now, "read clock")?.as_ref())?;
        let receipt = Receipt::of(&object, now);
        receipt
            .map(Some)
            .ok_or(self.missing("replPropertyMetaData"))
    }

    fn clock(&self, root: Option<&Entry>) -> Result<Timestamp, AdError> {
        let text = root.and_then(|root| root.text("currentTime"));
        text.as_deref()
            .and_then(from_generalized)
            .ok_or(self.missing("currentTime"))
    }

    pub(crate) fn missing(&self, what: &'static str) -> AdError {
        AdError::Missing {
            host: self.host.to_string(),
            what,
        }
    }

    pub(crate) fn refused(&self, operation: &'static str, source: Refusal) -> AdError {
        AdError::Refused {
            host: self.host.to_string(),
            operation,
            source,
        }
    }

    /// The one entry of a search that can only have one; `None` if there is no such object.
    pub(crate) fn only(
        &self,
        reply: Reply,
        operation: &'static str,
    ) -> Result<Option<Entry>, AdError> {
        let refusal = Refusal::of(reply.result);
        match refusal.code {
            0 if reply.entries.len() > 1 => Err(AdError::NotUnique {
                host: self.host.to_string(),
            }),
            0 => Ok(reply.entries.into_iter().next()),
            NO_SUCH_OBJECT => Ok(None),
            _ => Err(self.refused(operation, refusal)),
        }
    }
}

impl std::fmt::Debug for Controller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Controller({})", self.host)
    }
}
