//! Banned passwords and limits.

use writeback_model::{BannedMode, Secret};
use writeback_policy::{
    Limit, LimitChange, Limits,
    banned::{Banned, BannedContext, TERMS_MAX, TermError, Terms, check, read_terms, score},
};
use writeback_store::{BannedRules, activity};

use super::{Admin, AdminError};

/// What came of a list of terms.
#[derive(Debug)]
pub struct TermsSet {
    /// How many terms the tenant has now.
    pub terms: usize,
    /// Lines, from 1, that were left out since they are the same as an earlier line.
    pub duplicates: Vec<(usize, usize)>,
}

/// Why a list of terms is not set.
#[derive(Debug, thiserror::Error)]
pub enum TermsError {
    /// A line is no term.
    #[error("line {line} is no term: {why}; nothing was changed")]
    Line {
        /// Which, from 1.
        line: usize,
        /// Why.
        why: TermError,
    },
    /// More than a tenant may have.
    #[error(
        "these are {0} different terms, and a tenant has at most {TERMS_MAX}: leave out those \
         that others cover; nothing was changed"
    )]
    TooMany(usize),
}

/// What would become of a password.
#[derive(Debug)]
pub struct PasswordChecked {
    /// What is done with banned passwords.
    pub mode: BannedMode,
    /// Its points.
    pub score: u32,
    /// The rule that refuses it, where one does.
    pub banned: Option<Banned>,
}

impl Admin<'_> {
    /// The tenant's rules of banned passwords.
    pub async fn banned_rules(&self) -> Result<BannedRules, AdminError> {
        let tenant = self.tenant().await?;
        Ok(self.store.banned_rules(tenant.id).await?)
    }

    /// Sets the tenant's own terms, one a line of the text. All or nothing; duplicates are left
    /// out and told.
    pub async fn set_banned_terms(&self, text: &str, by: &str) -> Result<TermsSet, AdminError> {
        let read = read_terms(text);
        if let Some(&(line, why)) = read.wrong.first() {
            return Err(TermsError::Line { line, why }.into());
        }
        if read.terms.len() > TERMS_MAX {
            return Err(TermsError::TooMany(read.terms.len()).into());
        }
        let terms = read.terms.len();
        let rules = BannedRules {
            terms: read.terms,
            ..self.banned_rules().await?
        };
        self.keep(&rules, format!("{terms} terms, by {by}")).await?;
        Ok(TermsSet {
            terms,
            duplicates: read.duplicates,
        })
    }

    /// Sets what becomes of banned passwords.
    pub async fn set_banned_mode(&self, mode: BannedMode, by: &str) -> Result<(), AdminError> {
        let rules = BannedRules {
            mode,
            ..self.banned_rules().await?
        };
        self.keep(&rules, format!("mode {}, by {by}", mode.id()))
            .await
    }

    async fn keep(&self, rules: &BannedRules, detail: String) -> Result<(), AdminError> {
        let tenant = self.tenant().await?;
        let audit = self.record(tenant.id, activity::BANNED_SET, detail);
        let set = self.store.set_banned_rules(tenant.id, rules, &audit);
        Ok(set.await?)
    }

    /// What would become of a password of a person of these names. It is kept nowhere.
    pub async fn check_banned(
        &self,
        password: &Secret,
        names: &[&str],
    ) -> Result<PasswordChecked, AdminError> {
        let tenant = self.tenant().await?;
        let rules = self.store.banned_rules(tenant.id).await?;
        let own = Terms::new(&rules.terms);
        let context = BannedContext {
            lists: &[Terms::base(), &own],
            person: names,
            tenant: Some(&tenant.name),
        };
        Ok(PasswordChecked {
            mode: rules.mode,
            score: score(password.expose(), &context),
            banned: check(password.expose(), &context).err(),
        })
    }

    /// The limits of the tenant, each with whether it is the tenant's own and not the
    /// installation's.
    pub async fn limits(&self, installation: &Limits) -> Result<Vec<(Limit, bool)>, AdminError> {
        let tenant = self.tenant().await?;
        let changes = self.store.limit_changes(tenant.id).await?;
        let limits = installation.all().into_iter();
        Ok(limits
            .map(|limit| {
                (
                    limit.changed(&changes),
                    changes.contains_key(&limit.setting()),
                )
            })
            .collect())
    }

    /// Sets one limit of the tenant, by its name in settings; `None` makes it the
    /// installation's again.
    pub async fn set_limit(
        &self,
        setting: &str,
        change: Option<LimitChange>,
        by: &str,
    ) -> Result<(), AdminError> {
        let known: Vec<String> = Limits::default().all().map(|limit| limit.setting()).into();
        if !known.iter().any(|known| known == setting) {
            return Err(AdminError::NoLimit {
                wanted: setting.to_owned(),
                known: known.join(", "),
            });
        }
        let tenant = self.tenant().await?;
        let detail = match change {
            Some(change) => format!("{setting}: {}, by {by}", said(change)),
            None => format!("{setting}: as the installation has it, by {by}"),
        };
        let audit = self.record(tenant.id, activity::LIMITS_SET, detail);
        let set = self
            .store
            .set_limit_change(tenant.id, setting, change, &audit);
        Ok(set.await?)
    }
}

fn said(change: LimitChange) -> String {
    let parts = [
        change.times.map(|times| format!("{times} times")),
        change.window_minutes.map(|it| format!("in {it} minutes")),
        change
            .block_minutes
            .map(|it| format!("blocked {it} minutes")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
