//! What every flow test begins with.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use writeback_lab::{Forest, Guard, Lab, TestUser, UserSpec};
use writeback_stage::{Options, Page, Person, Stage};

/// The program under test.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_writeback"))
}

/// A stage on an undisturbed lab.
pub struct Setting {
    pub stage: Stage,
    _calm: Guard,
}

impl Setting {
    /// A stage with a cloud and an agent of `corp.test`, once the users are known to it.
    pub async fn corp(users: Vec<UserSpec>) -> Result<(Self, Vec<TestUser>)> {
        Self::of("corp.test", Options::default(), users).await
    }

    /// A stage as the options say, with users in one forest.
    pub async fn of(
        forest: &str,
        options: Options,
        users: Vec<UserSpec>,
    ) -> Result<(Self, Vec<TestUser>)> {
        let lab = Lab::require()?;
        let calm = lab.calm()?;
        let users = users
            .into_iter()
            .map(|spec| lab.forest(forest)?.create_user(spec))
            .collect::<Result<Vec<_>>>()?;
        let stage = Stage::set(lab, binary(), options).await?;
        Ok((Self { stage, _calm: calm }, users))
    }

    pub fn forest(&self, name: &str) -> Result<&Forest> {
        self.stage.lab.forest(name)
    }

    /// Walks one reset from the first page to the last.
    pub async fn reset(&self, user: &TestUser, password: &str) -> Result<Page> {
        let (person, page) = self.verified(user).await?;
        person.sets_password(&page, password).await
    }

    /// Somebody who has given the code and is asked for the new password.
    pub async fn verified(&self, user: &TestUser) -> Result<(Person, Page)> {
        verified(&self.stage, user).await
    }
}

/// Somebody who has given the code and is asked for the new password.
pub async fn verified(stage: &Stage, user: &TestUser) -> Result<(Person, Page)> {
    let person = stage.person()?;
    let mailbox = stage.lab.mailbox(&user.recovery_mail);
    let page = person.verified(&user.upn, &mailbox).await?;
    Ok((person, page))
}

/// The page says *changed*; the domain controller takes the new password and refuses the old.
pub fn is_changed(forest: &Forest, user: &TestUser, page: &Page, new: &str) -> Result<()> {
    ensure!(
        said_changed(page),
        "the page does not say changed: {}",
        page.text()
    );
    let pdc = forest.pdc()?;
    ensure!(
        forest.can_bind(&user.upn, new, pdc)?.is_ok(),
        "told changed, and the new one fails"
    );
    let old = forest.can_bind(&user.upn, &user.password, pdc)?;
    ensure!(
        !old.is_ok(),
        "told changed, and the old one still opens the account"
    );
    Ok(())
}

/// The page says *not changed*; the domain controller still takes the old password and not the
/// new.
pub fn is_not_changed(forest: &Forest, user: &TestUser, page: &Page, new: &str) -> Result<()> {
    ensure!(
        !said_changed(page),
        "the page says changed: {}",
        page.text()
    );
    let pdc = forest.pdc()?;
    let old = forest.can_bind(&user.upn, &user.password, pdc)?;
    ensure!(
        old.is_ok(),
        "told not changed, and the old one fails: {old:?}"
    );
    let new = forest.can_bind(&user.upn, new, pdc)?;
    ensure!(
        !new.is_ok(),
        "told not changed, and the new one opens the account"
    );
    Ok(())
}

/// Whether the page is the one that says the password was changed.
pub fn said_changed(page: &Page) -> bool {
    page.html.contains("data-outcome=\"changed\"")
}

/// The id of the cause that the page gives.
pub fn cause(page: &Page) -> Result<&str> {
    let (_, rest) = page
        .html
        .split_once("data-cause=\"")
        .with_context(|| format!("{} gives no cause: {}", page.path, page.text()))?;
    Ok(rest.split('"').next().unwrap_or_default())
}
