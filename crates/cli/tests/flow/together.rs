//! Several at once.

use anyhow::Result;
use writeback_lab::UserSpec;

use crate::setting::{Setting, said_changed};

/// Both may succeed, one after the other; what both are told must be so.
#[tokio::test(flavor = "multi_thread")]
async fn two_people_reset_the_same_account_at_once() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let (first, first_page) = setting.verified(user).await?;
    let (second, second_page) = setting.verified(user).await?;
    let (one, two) = tokio::join!(
        first.sets_password(&first_page, "Serentak-Satu 1"),
        second.sets_password(&second_page, "Serentak-Dua 2"),
    );
    let (one, two) = (said_changed(&one?), said_changed(&two?));
    assert!(one || two);
    let opens = |password| {
        forest
            .can_bind(&user.upn, password, forest.pdc()?)
            .map(|it| it.is_ok())
    };
    let (one_opens, two_opens) = (opens("Serentak-Satu 1")?, opens("Serentak-Dua 2")?);
    assert!(one_opens != two_opens, "exactly one is the password now");
    assert!(!one_opens || one);
    assert!(!two_opens || two);
    Ok(())
}

/// A form that is sent twice makes one request.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_is_one_reset() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let (person, page) = setting.verified(user).await?;
    let send = || person.sends_password(&page, "Dua-Kali-Klik 1");
    let (one, two) = tokio::join!(send(), send());
    let one = person.until_known(one?).await?;
    let two = person.until_known(two?).await?;
    assert!(
        said_changed(&one) && said_changed(&two),
        "{} / {}",
        one.text(),
        two.text()
    );
    assert!(
        forest
            .can_bind(&user.upn, "Dua-Kali-Klik 1", forest.pdc()?)?
            .is_ok()
    );
    let audit = setting.stage.admin(&["audit", "list", "--last", "1000"])?;
    let written = audit
        .lines()
        .filter(|line| line.contains("Reset password (self-service)"));
    assert_eq!(written.count(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_people_at_once() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default(); 8]).await?;
    let forest = setting.forest("corp.test")?;
    let pages =
        futures_util::future::join_all(users.iter().map(|user| setting.reset(user, "Delapan-8 !")))
            .await;
    for (user, page) in users.iter().zip(pages) {
        crate::setting::is_changed(forest, user, &page?, "Delapan-8 !")?;
    }
    Ok(())
}
