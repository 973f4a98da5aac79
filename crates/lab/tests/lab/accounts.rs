//! People, users made for a test, policy and the judge.

use std::time::{Duration, Instant};

use writeback_lab::{BindAnswer, Forest, PEOPLE, PSO_LONG, PolicyChange, UserSpec};

use crate::lab;

fn refused(code: &str) -> BindAnswer {
    BindAnswer::Refused {
        data_code: code.to_owned(),
    }
}

fn judged(forest: &Forest, spec: UserSpec) -> BindAnswer {
    let user = forest.create_user(spec).unwrap();
    let answer = forest
        .can_bind(&user.upn, &user.password, forest.first_dc().unwrap())
        .unwrap();
    forest.delete_user(&user).unwrap();
    answer
}

#[test]
fn every_special_case_answers_as_a_domain_does() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let _policy = forest.policy_shared().unwrap();
        let base = UserSpec::default;
        assert_eq!(judged(forest, base()), BindAnswer::Ok);
        assert_eq!(
            judged(
                forest,
                UserSpec {
                    disabled: true,
                    ..base()
                }
            ),
            refused("533")
        );
        assert_eq!(
            judged(
                forest,
                UserSpec {
                    must_change: true,
                    ..base()
                }
            ),
            refused("773")
        );
        assert_eq!(
            judged(
                forest,
                UserSpec {
                    locked: true,
                    ..base()
                }
            ),
            refused("775")
        );
        assert_eq!(
            judged(
                forest,
                UserSpec {
                    expired: true,
                    ..base()
                }
            ),
            refused("701")
        );
        assert_eq!(
            judged(
                forest,
                UserSpec {
                    password_expired: true,
                    ..base()
                }
            ),
            refused("532")
        );
        for spec in [
            UserSpec {
                cannot_change: true,
                ..base()
            },
            UserSpec {
                no_inheritance: true,
                ..base()
            },
            UserSpec {
                admin_count: true,
                ..base()
            },
            UserSpec {
                groups: vec!["Domain Admins".to_owned()],
                ..base()
            },
            UserSpec {
                pso: Some(PSO_LONG.to_owned()),
                ..base()
            },
            UserSpec {
                display_name: Some("=, \"x\" 🎉 #".to_owned()),
                ..base()
            },
        ] {
            assert_eq!(judged(forest, spec), BindAnswer::Ok);
        }
    }
}

#[test]
fn everyone_is_there_and_the_judge_tells_right_from_wrong() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    for forest in lab.forests() {
        let dc = forest.first_dc().unwrap();
        for person in PEOPLE {
            let found = forest.person(person.sam).unwrap();
            assert_eq!(found.display_name, person.display_name);
            assert_eq!(found.recovery_mail, format!("{}@mail.example", person.sam));
            let expected = match person.case {
                "disabled" => refused("533"),
                "must-change" => refused("773"),
                "expired" => refused("701"),
                "password-expired" => refused("532"),
                "locked" => continue,
                _ => BindAnswer::Ok,
            };
            let answer = forest
                .can_bind(&found.upn, &forest.people_password, dc)
                .unwrap();
            assert_eq!(answer, expected, "{} in {}", person.sam, forest.domain);
        }
        let wrong = forest
            .can_bind(&format!("bob@{}", forest.domain), "not it", dc)
            .unwrap();
        assert_eq!(wrong, refused("52e"));
    }
}

#[test]
fn passwords_of_any_bytes_are_judged_exactly() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let forest = lab.forest("corp.test").unwrap();
    let password = "Ünï 山🎉 \"'\\$x1 ".to_owned();
    let spec = UserSpec {
        password: Some(password.clone()),
        ..UserSpec::default()
    };
    let user = forest.create_user(spec).unwrap();
    let dc = forest.first_dc().unwrap();
    assert_eq!(
        forest.can_bind(&user.dn, &password, dc).unwrap(),
        BindAnswer::Ok
    );
    assert_eq!(
        forest.can_bind(&user.dn, password.trim(), dc).unwrap(),
        refused("52e")
    );
    forest.delete_user(&user).unwrap();
}

#[test]
fn a_user_is_made_quickly_and_reaches_the_second_dc() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let forest = lab.forest("corp.test").unwrap();
    let start = Instant::now();
    let user = forest.create_user(UserSpec::default()).unwrap();
    println!("created in {:?}", start.elapsed());
    let start = Instant::now();
    forest.replicated(Duration::from_secs(30)).unwrap();
    println!("replicated both ways in {:?}", start.elapsed());
    let answer = forest
        .can_bind(&user.upn, &user.password, &forest.dcs[1])
        .unwrap();
    assert_eq!(answer, BindAnswer::Ok);
    let guid = forest
        .attribute(&forest.dcs[1], &user.dn, "objectGUID")
        .unwrap();
    assert_eq!(guid, [user.guid.to_vec()]);
    forest.delete_user(&user).unwrap();
}

#[test]
fn policy_changes_last_as_long_as_their_guard() {
    let lab = lab();
    let _calm = lab.calm().unwrap();
    let forest = lab.forest("fabrikam.test").unwrap();
    {
        let guard = forest.policy_guard().unwrap();
        let change = PolicyChange {
            min_length: Some(15),
            min_age_seconds: Some(86_400),
            ..PolicyChange::default()
        };
        guard.set(&change).unwrap();
        let now = forest.policy().unwrap();
        assert_eq!(
            (now.min_length, now.min_age_seconds),
            (Some(15), Some(86_400))
        );
    }
    let _shared = forest.policy_shared().unwrap();
    let expected = PolicyChange {
        min_length: Some(7),
        history: Some(24),
        min_age_seconds: Some(0),
        complexity: Some(true),
        lockout_threshold: Some(10),
        lockout_seconds: Some(1800),
    };
    assert_eq!(forest.policy().unwrap(), expected);
}
