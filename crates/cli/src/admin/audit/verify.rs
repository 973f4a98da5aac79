//! `writeback admin audit verify`.

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufRead, BufReader, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::SignedDuration;
use writeback_audit::{
    Checked, ExportCheck, ExportProblem, Finding, PublicKey, SignatureProblem, Verdict,
};
use writeback_cloud::{CloudConfig, TrailError, Verified, audit_public_key, verify};
use writeback_store::AuditStore;

use super::{Cloud, checkpoint::name};
use crate::admin::{
    print, print_json,
    text::{Table, number, things, took},
};

/// The cloud signs before more records than this have come.
const SIGNED_AFTER: u64 = 1000;

/// How the program ends where the trail could not be checked, unlike where it was tampered with.
const EXIT_NOT_CHECKED: u8 = 2;

/// Check that no record was changed, removed, inserted or moved.
///
/// Reads every chain from its beginning, computes each record's hash anew, and holds it to the
/// signed checkpoints in the database and to their copies beside it. Names the first line that
/// is not what it was. Ends with 0 where all is whole, with 1 where it was tampered with, and
/// with 2 where it could not be checked.
#[derive(Args)]
#[command(after_help = "Examples:\n  writeback admin audit verify\n  \
                  writeback admin audit verify --file audit.jsonl --public-key 3f6a…")]
pub struct VerifyArguments {
    /// Check an export of JSON lines instead, by itself. It needs no cloud on this machine.
    #[arg(long)]
    file: Option<PathBuf>,
    /// A key that is trusted, as `audit checkpoint` shows it: the one of an export's
    /// installation, or one that this installation had before. May be given several times.
    #[arg(long, value_name = "HEX")]
    public_key: Vec<PublicKey>,
    /// For machines.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cloud: Cloud,
}

pub(super) async fn run(arguments: VerifyArguments) -> anyhow::Result<ExitCode> {
    let checked = match &arguments.file {
        Some(file) => check_file(&arguments, file),
        None => check_trail(&arguments).await,
    };
    match checked {
        Ok(code) => Ok(code),
        Err(error) => {
            if arguments.json {
                let whole: Option<bool> = None;
                print_json(&serde_json::json!({ "whole": whole, "why": format!("{error:#}") }))?;
            }
            crate::complain(&error);
            Ok(ExitCode::from(EXIT_NOT_CHECKED))
        }
    }
}

async fn check_trail(arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let open = arguments.cloud.open().await?;
    let settings = open.config.audit();
    let (_, records) = open.store.audit_extent().await?;
    let bar = bar(u64::try_from(records).unwrap_or(0));
    let began = Instant::now();
    let checked = verify(&settings, &open.store, &arguments.public_key, &mut |read| {
        bar.set_position(read);
    })
    .await;
    bar.finish_and_clear();
    let verified = match checked {
        Err(TrailError::Finding(finding)) => return tampered(arguments, &finding, None),
        checked => checked?,
    };
    let why = not_known(&verified, &settings.checkpoints_file);
    if arguments.json {
        print_json(&serde_json::json!({
            "whole": why.is_empty().then_some(true), "chains": verified.chains,
            "without_copy": verified.without_copy,
            "why": (!why.is_empty()).then(|| why.join(" ").replace('\n', " "))
        }))?;
    } else {
        let key = audit_public_key(&settings)?;
        let took = SignedDuration::try_from(began.elapsed())?;
        print(&whole(&verified.chains, key, took))?;
        for sentence in &why {
            println!("{sentence}");
        }
    }
    Ok(match why.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(EXIT_NOT_CHECKED),
    })
}

/// Why a trail in which nothing is wrong is not known to be whole all the same: a sentence each.
fn not_known(verified: &Verified, copies: &Path) -> Vec<String> {
    let mut why = Vec::new();
    if verified.chains.iter().any(|it| behind(it) > SIGNED_AFTER) {
        why.push(format!(
            "More than {} records of a chain are behind its last checkpoint: either the cloud does \
             not sign (its log says why), or somebody took checkpoints away.",
            number(SIGNED_AFTER)
        ));
    }
    if verified.without_copy > 0 {
        why.push(format!(
            "{} no copy in {}: that somebody takes them away with what they confirm could not be \
             noticed.\nIf you did not move that file away yourself, find out who did. `writeback \
             admin audit checkpoint` copies them again.",
            match verified.without_copy {
                1 => "1 checkpoint has".to_owned(),
                many => format!("{} checkpoints have", number(many)),
            },
            copies.display()
        ));
    }
    why
}

/// How many records come after the last checkpoint.
const fn behind(chain: &Checked) -> u64 {
    chain.last.number.saturating_sub(chain.confirmed)
}

fn whole(chains: &[Checked], key: Option<PublicKey>, time: SignedDuration) -> String {
    let records = chains.iter().map(|it| it.records).sum();
    let open: u64 = chains.iter().map(behind).sum();
    let mut table = Table::new(&["chain", "#records", "#last", "#signed up to"]);
    for chain in chains {
        table.row([
            name(chain.chain),
            number(chain.records),
            number(chain.last.number),
            number(chain.confirmed),
        ]);
    }
    let mut text = format!(
        "The audit trail is whole: {} in {}, read in {}.\n\n{table}\n",
        things(records, "record"),
        things(chains.len() as u64, "chain"),
        took(time)
    );
    // Writing to a String cannot fail.
    let _ = match key {
        Some(key) => writeln!(text, "The installation's public key is {key}."),
        None => writeln!(
            text,
            "There is no key yet, so nothing is signed: `writeback cloud` makes it when it starts."
        ),
    };
    if open > 0 {
        let _ = writeln!(
            text,
            "{} behind the last checkpoint: that none was cut off at the end is only known \
             once they are signed, which `writeback admin audit checkpoint` does.",
            match open {
                1 => "1 record is".to_owned(),
                open => format!("{} records are", number(open)),
            }
        );
    }
    text
}

fn check_file(arguments: &VerifyArguments, path: &Path) -> anyhow::Result<ExitCode> {
    let trusted = match arguments.public_key.as_slice() {
        [] => own_key(&arguments.cloud)?,
        [key] => Some(*key),
        _ => anyhow::bail!("an export is signed with one key: give one --public-key"),
    };
    let failed = || format!("{} cannot be read", path.display());
    let file = File::open(path).with_context(failed)?;
    let bar = bar(0);
    let mut check = ExportCheck::new(trusted);
    let mut read = 0_u64;
    for line in BufReader::new(file).lines() {
        let line = match line {
            // What is no text any more was changed.
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                return broken(arguments, &ExportProblem::Line, check.line_number() + 1);
            }
            line => line.with_context(failed)?,
        };
        if let Err(problem) = check.line(&line) {
            return broken(arguments, &problem, check.line_number());
        }
        read += 1;
        if read.is_multiple_of(1000) {
            bar.set_position(read);
        }
    }
    bar.finish_and_clear();
    let line = check.line_number();
    match check.end() {
        Ok(verdict) => {
            if arguments.json {
                print_json(&serde_json::json!({ "whole": true, "export": verdict }))?;
            } else {
                print(&whole_file(path, &verdict, trusted.is_some()))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(problem) => broken(arguments, &problem, line),
    }
}

/// The key of the cloud on this machine, where there is one.
fn own_key(cloud: &Cloud) -> anyhow::Result<Option<PublicKey>> {
    match cloud.config.exists() {
        true => Ok(audit_public_key(
            &CloudConfig::load(&cloud.config)?.audit(),
        )?),
        false => Ok(None),
    }
}

fn whole_file(path: &Path, verdict: &Verdict, is_trusted: bool) -> String {
    let first = verdict.begins_after + 1;
    let which = match verdict.begins_after < verdict.checked.last.number {
        true => format!(", number {first} to {}", verdict.checked.last.number),
        false => String::new(),
    };
    let mut text = format!(
        "{} is whole: {} of {}{which}, exported at {}.\n",
        path.display(),
        things(verdict.checked.records, "record"),
        name(verdict.checked.chain),
        verdict.made_at
    );
    let _ = match is_trusted {
        true => writeln!(
            text,
            "It is signed with the key {}, which is trusted.",
            verdict.key
        ),
        false => writeln!(
            text,
            "It is signed with the key {}.\nWhether that is the installation's key, the file \
             cannot say: compare it with `writeback admin audit checkpoint` there, and give it \
             with --public-key.",
            verdict.key
        ),
    };
    text
}

fn broken(
    arguments: &VerifyArguments,
    problem: &ExportProblem,
    line: u64,
) -> anyhow::Result<ExitCode> {
    match problem {
        ExportProblem::Finding(finding) => return tampered(arguments, finding, Some(line)),
        ExportProblem::Newer(_)
        | ExportProblem::Statement {
            problem: SignatureProblem::UnknownKey,
            ..
        } => anyhow::bail!("line {line} of the file: {problem}"),
        _ => {}
    }
    if arguments.json {
        let text = problem.to_string();
        print_json(&serde_json::json!({ "whole": false, "file_line": line, "why": text }))?;
    } else {
        print(&format!(
            "The export was tampered with.\n  Line {line} of the file: {problem}.\n"
        ))?;
    }
    Ok(ExitCode::FAILURE)
}

fn tampered(
    arguments: &VerifyArguments,
    finding: &Finding,
    line: Option<u64>,
) -> anyhow::Result<ExitCode> {
    if arguments.json {
        let text = finding.to_string();
        print_json(&serde_json::json!({
            "whole": false, "finding": finding, "file_line": line, "why": text
        }))?;
    } else {
        let place = line.map_or_else(String::new, |line| format!("Line {line} of the file, "));
        let what = if line.is_some() {
            "export"
        } else {
            "audit trail"
        };
        print(&format!(
            "The {what} was tampered with.\n  {place}{finding}.\n"
        ))?;
    }
    Ok(ExitCode::FAILURE)
}

/// A bar on the terminal; nothing elsewhere.
fn bar(records: u64) -> ProgressBar {
    let target = match std::io::stderr().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let length = (records > 0).then_some(records);
    let style = match length {
        Some(_) => "[{bar:30}] {human_pos} of {human_len} records  {elapsed}",
        None => "{spinner} {human_pos} lines  {elapsed}",
    };
    let style = ProgressStyle::with_template(style)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    ProgressBar::with_draw_target(length, target).with_style(style)
}
