//! What was found, as the page shows it.

use writeback_doctor::{
    Block, Component, Console, Finding, Language, Look, Status, Verdict, check, component_title,
    since, told,
};

use crate::{
    portal::pages::{
        DoctorPage, FineGroup, Frame, RemedyPart, ShownLook, ShownProblem, status_line,
    },
    words,
};

/// How many earlier looks a page shows: some days of trouble.
const HISTORY_SHOWN: usize = 30;

/// The page of the newest of these looks, which are the newest first.
pub(super) fn view<'a>(frame: Frame<'a>, looks: &[Look]) -> DoctorPage<'a> {
    let findings = looks.first().map_or(&[][..], |it| &it.findings);
    let of = |verdicts: &[Verdict]| -> Vec<&Finding> {
        let is = |it: &&Finding| verdicts.contains(&it.verdict);
        findings.iter().filter(is).collect()
    };
    let (faults, warnings) = (of(&[Verdict::Fault]), of(&[Verdict::Warning]));
    let unknown = of(&[Verdict::CouldNotRun]);
    let fine = of(&[Verdict::Fine]);
    let status = Status::of(findings);
    let moment = looks.first().map(|it| frame.words.moment(it.looked_at));
    let at = moment.unwrap_or_default();
    DoctorPage {
        frame,
        status,
        tone: match status {
            Status::Running => "good",
            Status::AgentOutdated | Status::RunningWithWarnings | Status::CannotTell => "warn",
            _ => "bad",
        },
        numbers: [faults.len(), warnings.len(), fine.len()],
        looked_at: frame.words.with("doctor-looked", &[("at", at.into())]),
        problems: [faults, unknown, warnings]
            .concat()
            .iter()
            .filter_map(|it| problem(frame, looks, it))
            .collect(),
        not_reached: lines(frame, &of(&[Verdict::NotReached])),
        fine: groups(frame, &fine),
        history: looks
            .iter()
            .skip(1)
            .take(HISTORY_SHOWN)
            .map(|it| before(frame, it))
            .collect(),
    }
}

/// The doctor's words in the page's language.
const fn language(frame: Frame<'_>) -> Language {
    match frame.words.language() {
        words::Language::English => Language::English,
        words::Language::Indonesian => Language::Indonesian,
    }
}

fn problem(frame: Frame<'_>, looks: &[Look], finding: &Finding) -> Option<ShownProblem> {
    let language = language(frame);
    let said = told(language, finding)?;
    let of = check(finding.check)?;
    let (verdict, tone, verdict_key) = match finding.verdict {
        Verdict::Fault => ("fault", "bad", "doctor-verdict-fault"),
        Verdict::Warning => ("warning", "warn", "doctor-verdict-warning"),
        _ => ("could-not-run", "warn", "doctor-verdict-could-not-run"),
    };
    let since = since(looks, finding).map(|it| {
        let key = if it.or_before {
            "doctor-since-before"
        } else {
            "doctor-since"
        };
        let at = frame.words.moment(it.at);
        frame.words.with(key, &[("at", at.into())])
    });
    let page = format!("docs/troubleshooting/{}/{}.md", language.tag(), of.id);
    Some(ShownProblem {
        check: of.id,
        verdict,
        tone,
        verdict_name: frame.words.text(verdict_key),
        should_be: frame
            .words
            .with("doctor-should-be", &[("title", said.title.into())]),
        subject: finding.subject.clone(),
        since,
        in_english: said.language != language,
        cause: said.cause.unwrap_or_default(),
        seen: finding
            .evidence
            .iter()
            .map(|it| (it.name.clone(), it.value.clone()))
            .collect(),
        remedy: said.remedy.into_iter().map(|it| part(frame, it)).collect(),
        page: frame.words.with("doctor-page", &[("page", page.into())]),
    })
}

fn part(frame: Frame<'_>, block: Block) -> RemedyPart {
    match block {
        Block::Say(text) => RemedyPart::Say(text),
        Block::Type(console, lines) => {
            let key = match console {
                Console::Shell => "doctor-type-shell",
                Console::Windows => "doctor-type-windows",
            };
            RemedyPart::Type(frame.words.text(key), lines.join("\n"))
        }
    }
}

/// Titles with what they are of.
fn lines(frame: Frame<'_>, findings: &[&Finding]) -> Vec<(String, String)> {
    let line = |it: &&Finding| Some((told(language(frame), it)?.title, it.subject.clone()));
    findings.iter().filter_map(line).collect()
}

fn groups(frame: Frame<'_>, fine: &[&Finding]) -> Vec<FineGroup> {
    let component = |it: &&&Finding| check(it.check).map(|it| it.component);
    [Component::Tenant, Component::Agents]
        .into_iter()
        .map(|part| {
            let of: Vec<&Finding> = fine
                .iter()
                .filter(|it| component(it) == Some(part))
                .copied()
                .collect();
            FineGroup {
                name: component_title(language(frame), part),
                lines: lines(frame, &of),
            }
        })
        .filter(|it| !it.lines.is_empty())
        .collect()
}

fn before(frame: Frame<'_>, look: &Look) -> ShownLook {
    let times = [
        ("from", frame.words.moment(look.began_at).into()),
        ("until", frame.words.moment(look.looked_at).into()),
    ];
    let bad = |it: &&Finding| it.verdict.is_bad() || it.verdict == Verdict::Warning;
    let problem = |it: &Finding| match it.subject.as_str() {
        "" => it.check.to_owned(),
        subject => format!("{} ({subject})", it.check),
    };
    let problems: Vec<_> = look.findings.iter().filter(bad).map(problem).collect();
    ShownLook {
        when: frame.words.with("doctor-history-line", &times),
        status: status_line(frame, Status::of(&look.findings)),
        problems: problems.join(", "),
    }
}

#[cfg(test)]
mod tests;
