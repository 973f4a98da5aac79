//! Passwords that others would guess, on the way to a real directory.

use std::time::Duration;

use anyhow::{Result, ensure};
use writeback_lab::UserSpec;

use crate::setting::{Setting, cause, is_changed, is_not_changed};

/// Within which an agent holds new passwords to what an operator has just set.
const TOLD_WITHIN: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_password_that_others_would_guess_is_refused_by_its_rule() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let terms = setting.stage.dir().join("terms.txt");
    std::fs::write(&terms, "Gudang\nRambutan\nrambut4n\n")?;
    let file = terms.display().to_string();
    let said = setting.stage.admin(&["banned", "set", &file])?;
    ensure!(
        said.contains("Line 3") && said.contains("2 terms"),
        "{said}"
    );
    tokio::time::sleep(TOLD_WITHIN).await;

    let (person, mut page) = setting.verified(user).await?;
    // Long and varied enough for the directory, each of them.
    for (password, says) in [
        ("P@ssword1", "others try first"),
        ("R@mbutan9", "others try first"),
        ("Gudang-26", "mostly of words"),
    ] {
        page = person.sets_password(&page, password).await?;
        is_not_changed(forest, user, &page, password)?;
        assert_eq!(cause(&page)?, "password-banned", "{}", page.text());
        ensure!(page.text().contains(says), "{password}: {}", page.text());
        // The answer names the rule, never the list.
        ensure!(!page.text().contains("rambutan"), "{}", page.text());
    }

    // Watched only, the same password is taken, and the audit trail has the rule alone.
    setting.stage.admin(&["banned", "mode", "audit"])?;
    tokio::time::sleep(TOLD_WITHIN).await;
    let done = person.sets_password(&page, "Gudang-26").await?;
    is_changed(forest, user, &done, "Gudang-26")?;
    let trail = setting.stage.admin(&["audit", "list", "--last", "20"])?;
    ensure!(trail.contains("too-few-points"), "{trail}");
    ensure!(!trail.to_lowercase().contains("gudang"), "{trail}");
    Ok(())
}
