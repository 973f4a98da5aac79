//! Every kind of password, and every reason to refuse one.

use anyhow::Result;
use writeback_lab::{PolicyChange, UserSpec};

use crate::setting::{Setting, cause, is_changed, is_not_changed};

#[tokio::test]
async fn a_forgotten_password_is_reset_and_reaches_every_domain_controller() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let page = setting.reset(user, "Ganti-Sandi 2026!").await?;
    is_changed(forest, user, &page, "Ganti-Sandi 2026!")?;

    forest.replicated(std::time::Duration::from_secs(30))?;
    let dc2 = forest.dcs.iter().find(|dc| dc.name == "dc2").unwrap();
    assert!(
        forest
            .can_bind(&user.upn, "Ganti-Sandi 2026!", dc2)?
            .is_ok()
    );
    let timeout = std::time::Duration::from_secs(20);
    let news = setting
        .stage
        .lab
        .mailbox(&user.mail)
        .wait_for(|_| true, timeout)?;
    assert!(!news.raw.contains("Ganti-Sandi"));
    Ok(())
}

#[tokio::test]
async fn passwords_of_all_lengths_and_scripts_bind_afterwards() -> Result<()> {
    let long = |length: usize| "Aa1!".chars().cycle().take(length).collect::<String>();
    let passwords = [
        long(7),
        long(127),
        long(256),
        "Quote\"s 'and' \\back\\ 1".to_owned(),
        "  Spaces at both ends 1  ".to_owned(),
        "Émoji 🙂👩‍💻 1".to_owned(),
        "Kata Sandi Baru 123".to_owned(),
        "كلمة السر Aa1".to_owned(),
        "Combining e\u{301}o\u{308} 1A".to_owned(),
        "<script>&amp;%00+A1".to_owned(),
    ];
    let users = vec![UserSpec::default(); passwords.len()];
    let (setting, users) = Setting::corp(users).await?;
    let forest = setting.forest("corp.test")?;
    for (user, password) in users.iter().zip(&passwords) {
        let page = setting.reset(user, password).await?;
        is_changed(forest, user, &page, password)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_password_gets_its_exact_cause_and_another_one_can_be_tried() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let (person, mut page) = setting.verified(user).await?;
    for (password, id) in [
        ("1", "password-too-short"),
        ("Ab1!x", "password-too-short"),
        ("allsmallletters", "password-not-complex"),
        (&"Aa1!".repeat(65), "password-too-long"),
        (user.password.as_str(), "password-is-current"),
    ] {
        page = person.sets_password(&page, password).await?;
        assert_eq!(cause(&page)?, id, "{}", page.text());
        assert!(
            forest
                .can_bind(&user.upn, &user.password, forest.pdc()?)?
                .is_ok()
        );
    }
    // And then it works, on the same page.
    let done = person.sets_password(&page, "Kata-Sandi 3").await?;
    is_changed(forest, user, &done, "Kata-Sandi 3")
}

#[tokio::test]
async fn the_directory_remembers_earlier_passwords() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let page = setting.reset(user, "Pertama-2026").await?;
    is_changed(forest, user, &page, "Pertama-2026")?;
    let page = setting.reset(user, "Kedua-2026").await?;
    is_changed(forest, user, &page, "Kedua-2026")?;
    let (person, page) = setting.verified(user).await?;
    let page = person.sets_password(&page, "Pertama-2026").await?;
    assert_eq!(cause(&page)?, "password-in-history", "{}", page.text());
    assert!(page.text().contains("24"), "{}", page.text());
    assert!(
        forest
            .can_bind(&user.upn, "Kedua-2026", forest.pdc()?)?
            .is_ok()
    );
    Ok(())
}

#[tokio::test]
async fn a_settings_object_holds_with_its_own_length() -> Result<()> {
    let spec = UserSpec {
        pso: Some(writeback_lab::PSO_LONG.to_owned()),
        ..UserSpec::default()
    };
    let (setting, users) = Setting::corp(vec![spec]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let (person, page) = setting.verified(user).await?;
    let page = person.sets_password(&page, "Sebelas-11c").await?;
    assert_eq!(cause(&page)?, "password-too-short");
    assert!(page.text().contains("12"), "{}", page.text());
    let page = person.sets_password(&page, "Dua-Belas-12").await?;
    is_changed(forest, user, &page, "Dua-Belas-12")
}

#[tokio::test]
async fn a_password_that_is_too_young_says_from_when() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let (person, page) = setting.verified(user).await?;
    let policy = forest.policy_guard()?;
    policy.set(&PolicyChange {
        min_age_seconds: Some(86_400),
        ..PolicyChange::default()
    })?;
    let page = person.sets_password(&page, "Terlalu-Muda-1").await?;
    assert_eq!(cause(&page)?, "password-too-young", "{}", page.text());
    is_not_changed(forest, user, &page, "Terlalu-Muda-1")
}
