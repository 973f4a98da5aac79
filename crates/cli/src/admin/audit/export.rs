//! `writeback admin audit export`.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use anyhow::Context;
use clap::{Args, ValueEnum};
use writeback_cloud::{ExportRange, Format, TrailError};
use writeback_model::Clock;

use super::{Cloud, keeper, when::When};
use crate::{admin::text::things, outside::SystemClock};

/// Write records out for another program.
///
/// As JSON lines an export can be checked by itself, on any machine: `writeback admin audit
/// verify --file`. CEF and syslog are for collectors; they carry the hashes, too.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin audit export --out audit.jsonl\n  \
                  writeback admin audit export --format cef --since 24h\n  \
                  writeback admin audit export --format syslog --since 2026-11-01 \
                  --until 2026-12-01 --out november.log"
)]
pub struct ExportArguments {
    /// As what.
    #[arg(long, value_enum, default_value = "jsonl")]
    format: FormatName,
    /// From when on: a day, a time, or how long ago.
    #[arg(long)]
    since: Option<When>,
    /// Before when.
    #[arg(long)]
    until: Option<When>,
    /// The file; standard output without. An existing file is not written over.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The records of the installation, which belong to no tenant.
    #[arg(long)]
    installation: bool,
    #[command(flatten)]
    cloud: Cloud,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    /// JSON lines, with checkpoints.
    Jsonl,
    /// ArcSight's Common Event Format.
    Cef,
    /// RFC 5424 with structured data.
    Syslog,
}

pub(super) async fn run(arguments: ExportArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let chain = match arguments.installation {
        true => None,
        false => Some(open.admin().tenant().await?.id),
    };
    let (now, zone) = (SystemClock.now(), open.config.time_zone()?);
    let resolve = |when: &Option<When>| when.as_ref().map(|it| it.resolve(now, &zone)).transpose();
    let range = ExportRange {
        since: resolve(&arguments.since)?,
        until: resolve(&arguments.until)?,
    };
    let format = match arguments.format {
        FormatName::Jsonl => Format::JsonLines,
        FormatName::Cef => Format::Cef,
        FormatName::Syslog => Format::Syslog(open.config.public_url.host().to_owned()),
    };
    let to_file = arguments.out.clone();
    let path = to_file.clone().unwrap_or_else(|| "standard output".into());
    let out: Box<dyn Write + Send> = match &to_file {
        None => Box::new(io::stdout()),
        Some(path) => {
            let mut options = OpenOptions::new();
            let file = options.write(true).create_new(true).mode(0o600).open(path);
            Box::new(file.with_context(|| format!("{} cannot be made", path.display()))?)
        }
    };
    let mut out = BufWriter::new(out);
    let failed = |source| TrailError::File {
        path: path.clone(),
        source,
    };
    let records = keeper(&open)
        .await?
        .export(chain, &format, range, &mut |line| {
            writeln!(out, "{line}").map_err(failed)
        })
        .await;
    let records = match records.and_then(|records| out.flush().map(|()| records).map_err(failed)) {
        // `… | head` has seen enough.
        Err(TrailError::File { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => {
            return Ok(());
        }
        records => records?,
    };
    if let Some(path) = to_file {
        eprintln!(
            "{} written to {}",
            things(records, "record"),
            path.display()
        );
    }
    Ok(())
}
