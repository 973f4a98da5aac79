//! Signing in with the directory's password, through a real agent.

use std::{io::Write as _, process::Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use writeback_lab::{Forest, TestUser, UserSpec};
use writeback_stage::{Options, Person};

use crate::{
    secrets::{forms_of, search},
    setting::{Setting, is_changed},
};

async fn sign_in(person: &Person, name: &str, password: &str) -> Result<(u16, Value)> {
    let body = json!({ "name": name, "password": password });
    person.call("POST", "/sign-in", None, Some(&body)).await
}

/// The token of a sign-in that must go well.
async fn token(person: &Person, name: &str, password: &str) -> Result<String> {
    let (status, body) = sign_in(person, name, password).await?;
    ensure!(status == 200, "{status}: {body}");
    let token = body["token"].as_str().context("no token")?;
    Ok(token.to_owned())
}

fn code(body: &Value) -> &str {
    body["error"]["code"].as_str().unwrap_or_default()
}

/// A number of an account on the PDC emulator; 0 where it is not there.
fn number(forest: &Forest, user: &TestUser, attribute: &str) -> Result<i64> {
    let values = forest.attribute(forest.pdc()?, &user.dn, attribute)?;
    match values.first() {
        Some(value) => Ok(String::from_utf8_lossy(value).parse()?),
        None => Ok(0),
    }
}

#[tokio::test]
async fn the_directorys_password_signs_in_until_it_is_another() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let person = setting.stage.person()?;
    for name in [user.upn.as_str(), &format!("CORP\\{}", user.sam)] {
        let token = token(&person, name, &user.password).await?;
        let (_, me) = person.call("GET", "/me", Some(&token), None).await?;
        assert_eq!(me["origin"], "synchronised", "{me}");
        assert_eq!(me["user_principal_name"], user.upn.as_str(), "{me}");
    }
    let before = token(&person, &user.upn, &user.password).await?;
    let (status, wrong) = sign_in(&person, &user.upn, "Bukan-Ini 1").await?;
    assert_eq!((status, code(&wrong)), (401, "wrong-password"), "{wrong}");
    // Nobody's name is answered alike, word for word.
    let (_, nobody) = sign_in(&person, "nobody@corp.test", "Bukan-Ini 1").await?;
    assert_eq!(nobody, wrong);

    // The password of a directory is not changed here; a reset ends every sign-in.
    let body = json!({ "current_password": user.password, "new_password": "Lain-Sekali 1" });
    let path = "/me/password";
    let (status, refused) = person
        .call("POST", path, Some(&before), Some(&body))
        .await?;
    assert_eq!((status, code(&refused)), (422, "password-in-directory"));
    let page = setting.reset(user, "Ganti-Baru 2026").await?;
    is_changed(forest, user, &page, "Ganti-Baru 2026")?;
    let (status, ended) = person.call("GET", "/me", Some(&before), None).await?;
    assert_eq!((status, code(&ended)), (401, "not-signed-in"), "{ended}");
    let (_, old) = sign_in(&person, &user.upn, &user.password).await?;
    assert_eq!(code(&old), "wrong-password", "{old}");
    token(&person, &user.upn, "Ganti-Baru 2026").await?;
    Ok(())
}

#[tokio::test]
async fn what_the_directory_says_of_a_right_password_is_told() -> Result<()> {
    let spec = UserSpec::default();
    let specs = vec![
        UserSpec {
            disabled: true,
            ..spec.clone()
        },
        UserSpec {
            expired: true,
            ..spec.clone()
        },
        UserSpec {
            must_change: true,
            ..spec.clone()
        },
        UserSpec {
            locked: true,
            ..spec
        },
    ];
    let (setting, users) = Setting::corp(specs).await?;
    let person = setting.stage.person()?;
    let expected = [
        "account-disabled",
        "account-expired",
        "password-must-change",
        "sign-in-locked",
    ];
    for (user, expected) in users.iter().zip(expected) {
        let (_, told) = sign_in(&person, &user.upn, &user.password).await?;
        assert_eq!(code(&told), expected, "{told}");
    }
    // To whoever does not know the password none of it is told, but that an account is locked:
    // the directory says so whatever the password.
    for user in &users[..3] {
        let (_, told) = sign_in(&person, &user.upn, "Bukan-Ini 1").await?;
        assert_eq!(code(&told), "wrong-password", "{told}");
    }
    Ok(())
}

/// The domain locks at ten wrong passwords.
#[tokio::test]
async fn guessing_here_never_locks_the_account() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default()]).await?;
    let (user, forest) = (&users[0], setting.forest("corp.test")?);
    let person = setting.stage.person()?;
    // One wrong password was given at a workstation already.
    let pdc = forest.pdc()?;
    ensure!(!forest.can_bind(&user.upn, "Salah-Ketik 1", pdc)?.is_ok());
    let mut answers = Vec::new();
    for guess in 0..13 {
        let password = format!("Tebakan-{guess}");
        let (_, told) = sign_in(&person, &user.upn, &password).await?;
        answers.push(code(&told).to_owned());
    }
    let shown = number(forest, user, "badPwdCount")?;
    ensure!(
        (2..10).contains(&shown),
        "badPwdCount is {shown}: {answers:?}"
    );
    assert_eq!(number(forest, user, "lockoutTime")?, 0, "{answers:?}");
    assert_eq!(answers.last().map(String::as_str), Some("sign-in-locked"));
    ensure!(
        answers.iter().any(|it| it == "wrong-password"),
        "{answers:?}"
    );
    // The right one is not tried here either, while the directory takes it as ever.
    let (_, told) = sign_in(&person, &user.upn, &user.password).await?;
    assert_eq!(code(&told), "sign-in-locked");
    ensure!(forest.can_bind(&user.upn, &user.password, pdc)?.is_ok());
    let explained = setting
        .stage
        .admin_ran(&["explain", &user.upn, "--wish", "change"])?;
    ensure!(explained.stdout.contains("sign-in"), "{}", explained.stdout);
    // A reset makes it good at once.
    let page = setting.reset(user, "Ganti-Baru 2026").await?;
    is_changed(forest, user, &page, "Ganti-Baru 2026")?;
    token(&person, &user.upn, "Ganti-Baru 2026").await?;
    Ok(())
}

/// The domain locks at ten wrong passwords; a person of the directory, one of the cloud and nobody.
#[tokio::test]
async fn who_guesses_learns_the_same_of_every_name() -> Result<()> {
    let (setting, users) = Setting::corp(vec![UserSpec::default(); 2]).await?;
    let cloud = format!("{}.cloud@corp.test", users[0].sam);
    let nobody = format!("{}.nobody@corp.test", users[0].sam);
    setting.stage.admin(&["user", "create", "--name", &cloud])?;
    // The policy of a forest is known once somebody of it has tried.
    let person = setting.stage.person()?;
    let (_, told) = sign_in(&person, &users[1].upn, "Tebakan").await?;
    assert_eq!(code(&told), "wrong-password", "{told}");
    let guess = async |name: &str| -> Result<Vec<String>> {
        let person = setting.stage.person()?;
        let mut answers = Vec::new();
        for guess in 0..11 {
            let (status, told) = sign_in(&person, name, &format!("Tebakan-{guess}")).await?;
            answers.push(format!("{status} {told}"));
        }
        Ok(answers)
    };
    let (known, of_cloud, unknown) =
        tokio::try_join!(guess(&users[0].upn), guess(&cloud), guess(&nobody))?;
    assert_eq!(known, of_cloud);
    assert_eq!(known, unknown);
    ensure!(known[8].contains("wrong-password"), "{known:?}");
    ensure!(known[9].contains("sign-in-locked"), "{known:?}");
    let forest = setting.forest("corp.test")?;
    assert_eq!(number(forest, &users[0], "lockoutTime")?, 0);

    Ok(())
}

/// Nothing else is called that.
const CANARY: &str = "Kenari-Masuk-Yx4#Pq8";

#[tokio::test]
async fn a_password_that_signs_in_is_written_nowhere() -> Result<()> {
    let options = Options {
        log: "trace".to_owned(),
        ..Options::default()
    };
    let spec = UserSpec {
        password: Some(CANARY.to_owned()),
        ..UserSpec::default()
    };
    let (setting, users) = Setting::of("corp.test", options, vec![spec]).await?;
    let person = setting.stage.person()?;
    token(&person, &users[0].upn, CANARY).await?;

    // And of somebody of the cloud alone, given at the shell.
    let made = ["user", "create", "--name", "petra@cloud.example"];
    setting.stage.admin(&made)?;
    let arguments = ["user", "password", "petra@cloud.example", "--keep"];
    let mut child = setting
        .stage
        .admin_command(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    stdin.write_all(format!("{CANARY}\n").as_bytes())?;
    drop(stdin);
    let said = child.wait_with_output()?;
    ensure!(said.status.success(), "{said:?}");
    token(&person, "petra@cloud.example", CANARY).await?;
    let body = json!({ "name": "petra@cloud.example", "password": CANARY, "tenant": 7 });
    let (status, told) = person.call("POST", "/sign-in", None, Some(&body)).await?;
    assert_eq!(status, 400);
    ensure!(!told.to_string().contains("Kenari"), "{told}");

    ensure!(setting.stage.all_logs().contains("TRACE"));
    for forms in forms_of(CANARY) {
        search(setting.stage.dir(), &forms)?;
    }
    let gone = setting
        .stage
        .admin(&["user", "sign-out", "petra@cloud.example"])?;
    ensure!(gone.contains("1 sign-in ended"), "{gone}");
    Ok(())
}
