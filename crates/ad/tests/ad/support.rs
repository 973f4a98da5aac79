//! A domain of the lab, and short words for what the tests do all the time.

use std::{
    io::Write,
    sync::{Arc, Mutex, Once, OnceLock},
};

use writeback_ad::{
    AccountSnapshot, Controller, Credentials, Directory, DomainConfig, HintsUse, Reset, ResetDone,
    Trust, WriteError,
};
use writeback_lab::{BindAnswer, Dc, Forest, Guard, Lab, TestUser, UserSpec};
use writeback_model::{Cause, Secret, SourceAnchor};

pub(crate) const RESET: Reset = Reset {
    hints: HintsUse::Required,
    unlock: false,
    force_change: false,
};

/// One domain, undisturbed and under the default policy for as long as this lives.
pub(crate) struct Site {
    pub(crate) forest: Forest,
    pub(crate) directory: Directory,
    _guards: Vec<Guard>,
}

/// Everything that is logged by anyone, at every level, from the first test on.
static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();

#[derive(Clone)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(crate) fn log() -> Vec<u8> {
    LOG.get().unwrap().lock().unwrap().clone()
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let log = Log(LOG.get_or_init(Arc::default).clone());
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .init();
    });
}

pub(crate) fn lab() -> Lab {
    listen();
    Lab::require().unwrap()
}

/// A domain whose policy nobody changes meanwhile.
pub(crate) fn site(domain: &str) -> Site {
    let mut site = site_of_any_policy(domain);
    site._guards.push(site.forest.policy_shared().unwrap());
    site
}

/// A domain for a test that changes the policy itself.
pub(crate) fn site_of_any_policy(domain: &str) -> Site {
    let lab = lab();
    let calm = lab.calm().unwrap();
    let forest = lab.forest(domain).unwrap().clone();
    let directory = Directory::new(config(&forest)).unwrap();
    Site {
        forest,
        directory,
        _guards: vec![calm],
    }
}

pub(crate) fn config(forest: &Forest) -> DomainConfig {
    let credentials = Credentials {
        user: forest.agent_upn.clone(),
        password: Secret::new(forest.agent_password.clone()),
    };
    let trust = Trust::CaFile(forest.ca_pem.clone());
    DomainConfig::new(forest.domain.parse().unwrap(), credentials, trust)
}

pub(crate) fn anchor(user: &TestUser) -> SourceAnchor {
    SourceAnchor::try_from_bytes(&user.guid).unwrap()
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

impl Site {
    pub(crate) fn user(&self, spec: UserSpec) -> TestUser {
        self.forest.create_user(spec).unwrap()
    }

    pub(crate) fn anyone(&self) -> TestUser {
        self.user(UserSpec::default())
    }

    pub(crate) async fn read(&self, user: &TestUser) -> (Controller, AccountSnapshot) {
        let (dc, account) = self.directory.read_for_write(&anchor(user)).await.unwrap();
        (dc, account.unwrap())
    }

    pub(crate) async fn reset(
        &self,
        user: &TestUser,
        new: &str,
        reset: Reset,
    ) -> Result<ResetDone, WriteError> {
        let (dc, account) = self.read(user).await;
        dc.reset_password(&account, &secret(new), reset).await
    }

    /// Resets and gives the cause of the refusal, which must be one of the directory.
    pub(crate) async fn refused(&self, user: &TestUser, new: &str) -> Cause {
        refusal(self.reset(user, new, RESET).await)
    }

    pub(crate) async fn change(
        &self,
        user: &TestUser,
        old: &str,
        new: &str,
    ) -> Result<(), WriteError> {
        let (dc, account) = self.read(user).await;
        dc.change_password(&account, &secret(old), &secret(new))
            .await
    }

    pub(crate) fn pdc(&self) -> &Dc {
        self.forest.first_dc().unwrap()
    }

    pub(crate) fn binds(&self, user: &TestUser, password: &str) -> BindAnswer {
        self.forest
            .can_bind(&user.upn, password, self.pdc())
            .unwrap()
    }

    /// The password opens the account, as the independent judge sees it.
    pub(crate) fn opens(&self, user: &TestUser, password: &str) {
        assert_eq!(self.binds(user, password), BindAnswer::Ok);
    }
}

pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<T, WriteError>) -> Cause {
    match answer {
        Err(
            error @ WriteError::Refused {
                refusal: Some(_), ..
            },
        ) => error.cause(),
        other => panic!("not refused by the directory: {other:?}"),
    }
}

pub(crate) fn code(data_code: &str) -> BindAnswer {
    BindAnswer::Refused {
        data_code: data_code.to_owned(),
    }
}
