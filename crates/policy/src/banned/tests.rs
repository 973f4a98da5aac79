use proptest::{collection::vec, prelude::*};
use writeback_model::BannedRule::{ContainsName, ContainsTenantName, TooFewPoints, TooSimilar};

use super::*;

/// The list of the reference product's worked examples.
fn example() -> Terms {
    Terms::new(["contoso", "blank"])
}

fn rule_of(password: &str, lists: &[&Terms]) -> Option<BannedRule> {
    let context = BannedContext {
        lists,
        person: &["Poul", "Anne-Grit Sørensen"],
        tenant: Some("Fabrikam Ltd"),
    };
    check(password, &context).err().map(|banned| banned.rule)
}

#[test]
fn the_reference_products_worked_examples_come_out_as_it_says() {
    let terms = example();
    let context = BannedContext {
        lists: &[&terms],
        person: &[],
        tenant: None,
    };
    assert_eq!(
        check("C0ntos0Blank12", &context),
        Err(Banned {
            rule: TooFewPoints,
            score: 4
        })
    );
    assert_eq!(score("ContoS0Bl@nkf9!", &context), 5);
    assert_eq!(check("ContoS0Bl@nkf9!", &context), Ok(()));

    // Its example of distance 1.
    let terms = Terms::new(["abcdef"]);
    for near in ["abcdeg", "abcdefg", "abcde"] {
        assert_eq!(rule_of(near, &[&terms]), Some(TooSimilar), "{near}");
    }
    // Its example of a name.
    assert_eq!(rule_of("P0ul123fb", &[&terms]), Some(ContainsName));
}

#[test]
fn each_rule_refuses_what_it_is_for_and_nothing_else() {
    let own = Terms::new(["gudang", "Rumah@Sakit"]);
    let lists: &[&Terms] = &[Terms::base(), &own];
    for (password, refused) in [
        ("Password1", Some(TooSimilar)),
        ("P@$$w0rd", Some(TooSimilar)),
        ("Password123", Some(TooSimilar)),
        ("Password-9!", Some(TooFewPoints)),
        ("Summer!", Some(TooSimilar)),
        ("SummerWinter12", Some(TooFewPoints)),
        ("Gudang 26", Some(TooFewPoints)),
        ("rum4h@s4kit", Some(TooSimilar)),
        ("Gr1t-bukit-hujan", Some(ContainsName)),
        ("hujan-SORENSEN-bukit", Some(ContainsName)),
        ("annegrit-hujan-77", Some(ContainsName)),
        ("F@br1kam-hujan-77", Some(ContainsTenantName)),
        ("", Some(TooFewPoints)),
        ("😀😀😀", Some(TooFewPoints)),
        // Parts of fewer than four characters are no names.
        ("ltd-hujan-bukit", None),
        ("Kemarau-Panjang 1", None),
        ("😀🌧🌴🍚🚲😀🌧🌴", None),
        ("correct horse battery staple", None),
    ] {
        assert_eq!(rule_of(password, lists), refused, "{password}");
    }
}

#[test]
fn terms_that_overlap_are_cut_so_that_the_fewest_points_come_out() {
    let context = |terms: &Terms| {
        let lists = [terms];
        let context = BannedContext {
            lists: &lists,
            person: &[],
            tenant: None,
        };
        score("abcdefgh12", &context)
    };
    // The longest first would leave `gh`, and the leftmost first would too.
    assert_eq!(context(&Terms::new(["abcdef", "abcd", "efgh"])), 4);
    assert_eq!(context(&Terms::new(["abcdef"])), 5);
    assert_eq!(context(&Terms::default()), 10);
}

#[test]
fn the_base_list_is_one_of_terms_only() {
    let lines = include_str!("../../data/banned-base.txt");
    let text: String = lines
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| [line, "\n"])
        .collect();
    let read = read_terms(&text);
    assert_eq!((read.wrong, read.duplicates), (Vec::new(), Vec::new()));
    assert_eq!(read.terms.len(), 2000);
    assert_eq!(Terms::base().len(), 2000);
}

#[test]
fn a_list_is_judged_line_by_line() {
    let read = read_terms("contoso\n\n  C0ntos0 \nabc\nseventeen-letters\nfour\nwi\u{7}dget\n");
    assert_eq!(read.terms, ["contoso", "four"]);
    assert_eq!(read.duplicates, [(3, 1)]);
    assert_eq!(
        read.wrong,
        [
            (4, TermError::TooShort),
            (5, TermError::TooLong),
            (7, TermError::Control)
        ]
    );
}

#[test]
fn the_mark_that_windows_editors_put_first_is_no_part_of_a_term() {
    let read = read_terms("\u{feff}contoso\r\nblank\r\n");
    assert_eq!(read.terms, ["contoso", "blank"]);
    assert!(Terms::new(read.terms).holds("contoso"));
}

#[test]
fn five_points_are_enough_and_four_are_not() {
    let terms = example();
    for (password, points, taken) in [
        ("contoso", 1, false),
        ("zq9k", 4, false),
        ("zq9kv", 5, true),
        ("contosozq9", 4, false),
        ("contosozq9k", 5, true),
        ("blankcontosoblankzq", 5, true),
    ] {
        let context = BannedContext {
            lists: &[&terms],
            person: &[],
            tenant: None,
        };
        assert_eq!(score(password, &context), points, "{password}");
        assert_eq!(check(password, &context).is_ok(), taken, "{password}");
    }
}

#[test]
fn a_name_counts_from_four_characters_on_and_that_of_the_tenant_too() {
    let of = |person: &[&str], tenant| {
        let context = BannedContext {
            lists: &[],
            person,
            tenant,
        };
        let banned = check("hujan-p0ul-bukit", &context).err();
        banned.map(|banned| banned.rule)
    };
    assert_eq!(of(&["Pou"], None), None);
    assert_eq!(of(&["Poul"], None), Some(ContainsName));
    assert_eq!(of(&["Pouls"], None), None);
    assert_eq!(of(&[], Some("Pou")), None);
    assert_eq!(of(&[], Some("Poul")), Some(ContainsTenantName));
    assert_eq!(of(&["Poul"], Some("Poul")), Some(ContainsName));
    assert_eq!(of(&["", " "], Some("")), None);
}

#[test]
fn what_refuses_a_password_never_says_which_term_it_was() {
    let terms = example();
    let context = BannedContext {
        lists: &[&terms],
        person: &[],
        tenant: None,
    };
    let banned = check("contoso1", &context).unwrap_err();
    assert!(!format!("{banned} {banned:?} {context:?}").contains("contoso"));
}

proptest! {
    #[test]
    fn any_text_is_judged(password in any::<String>(), term in any::<String>()) {
        let own = Terms::new([&term]);
        let lists: [&Terms; 2] = [Terms::base(), &own];
        let context = BannedContext {
            lists: &lists,
            person: &[&term],
            tenant: Some(&password),
        };
        let _ = check(&password, &context);
        prop_assert!(score(&password, &context) as usize <= SCORED_CHARS_MAX);
    }

    #[test]
    fn a_term_more_accepts_nothing_that_was_refused(
        password in "[abAB10@ ]{0,24}",
        terms in vec("[abo10]{4,6}", 0..6),
        more in "[abl@]{4,6}",
    ) {
        let (few, many) = (Terms::new(&terms), Terms::new(terms.iter().chain([&more])));
        let of = |terms: &Terms| {
            let lists = [terms];
            let context = BannedContext { lists: &lists, person: &[], tenant: None };
            (check(&password, &context).is_err(), score(&password, &context))
        };
        let (before, after) = (of(&few), of(&many));
        prop_assert!(after.0 || !before.0);
        prop_assert!(after.1 <= before.1);
    }

    #[test]
    fn case_and_substitutions_change_nothing(password in "[a-z]{0,20}") {
        let lists = [Terms::base()];
        let context = BannedContext { lists: &lists, person: &["Zulkifli"], tenant: None };
        let disguised: String = password
            .chars()
            .map(|c| match c {
                'o' => '0',
                's' => '$',
                'a' => '@',
                'e' => '3',
                other => other.to_ascii_uppercase(),
            })
            .collect();
        prop_assert_eq!(check(&password, &context), check(&disguised, &context));
    }
}
