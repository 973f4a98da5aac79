//! Names: what they look like must tell nobody who exists, and no character does harm.

use anyhow::Result;
use writeback_lab::UserSpec;

use crate::setting::{Setting, is_changed};

#[tokio::test]
async fn a_known_and_an_unknown_name_get_the_same_page() -> Result<()> {
    let specs = vec![
        UserSpec::default(),
        UserSpec {
            disabled: true,
            ..UserSpec::default()
        },
    ];
    let (setting, users) = Setting::corp(specs).await?;
    let mut pages = Vec::new();
    for name in [
        &users[0].upn,
        &users[1].upn,
        &"nobody.at.all@corp.test".to_owned(),
    ] {
        let page = setting.stage.person()?.says_name(name).await?;
        assert_eq!(page.path, "/reset/code");
        pages.push(without_tokens(&page.html.replace(name.as_str(), "NAME")));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
    // A wrong code is answered alike, too, until no tries are left.
    let known = setting.stage.person()?;
    let unknown = setting.stage.person()?;
    let mut known_page = known.says_name(&users[0].upn).await?;
    let mut unknown_page = unknown.says_name("nobody.else@corp.test").await?;
    for _ in 0..6 {
        known_page = known.gives_code(&known_page, "000000").await?;
        unknown_page = unknown.gives_code(&unknown_page, "000000").await?;
        assert_eq!(
            without_tokens(&known_page.html.replace(users[0].upn.as_str(), "NAME")),
            without_tokens(&unknown_page.html.replace("nobody.else@corp.test", "NAME")),
        );
        if !known_page.html.contains("name=\"code\"") {
            break;
        }
    }
    Ok(())
}

/// The page without the one value that differs with every session.
fn without_tokens(html: &str) -> String {
    let mut parts = html.split("name=\"token\" value=\"");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    text
}

#[tokio::test]
async fn a_person_is_found_by_every_form_of_their_name() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default(); 4]).await?;
    let forest = setting.forest("corp.test")?;
    for (user, name) in users.iter().zip([
        users[0].upn.to_uppercase(),
        users[1].mail.clone(),
        format!("CORP\\{}", users[2].sam),
        format!("  {}  ", users[3].sam),
    ]) {
        let person = setting.stage.person()?;
        let mailbox = setting.stage.lab.mailbox(&user.recovery_mail);
        let page = person.verified(&name, &mailbox).await?;
        let page = person.sets_password(&page, "Nama-Apa-Saja 1").await?;
        is_changed(forest, user, &page, "Nama-Apa-Saja 1")?;
    }
    Ok(())
}

#[tokio::test]
async fn names_of_filter_and_dn_characters_find_nobody_and_break_nothing() -> Result<()> {
    let (setting, _) = Setting::corp(vec![]).await?;
    for name in [
        "*@corp.test",
        "*)(objectClass=*@corp.test",
        "a\\2a@corp.test",
        "CN=Administrator,CN=Users,DC=corp,DC=test",
        "' OR 1=1 --@corp.test",
        "<script>alert(1)</script>@corp.test",
        "a@b@corp.test",
        "CORP\\*",
        "\u{202e}ann@corp.test",
    ] {
        let page = setting.stage.person()?.says_name(name).await?;
        assert!(page.status.is_success(), "{name}: {}", page.status);
        assert_eq!(page.path, "/reset/code", "{name}");
        assert!(!page.html.contains("<script>"), "{name}");
    }
    for name in ["", "   ", "@", "a@", "@corp.test", &"x".repeat(300)] {
        let page = setting.stage.person()?.says_name(name).await?;
        assert_eq!(page.path, "/reset", "{name}");
        assert!(page.html.contains("role=\"alert\""), "{name}");
    }
    Ok(())
}
