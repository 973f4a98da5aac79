//! Running other programs, with errors that carry what the program said.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// What a program answered.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Exit status, or -1 when a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// Runs a program to its end, giving it `input`; any exit status is an answer.
pub fn run(command: &mut Command, input: &[u8]) -> Result<Ran> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let stdin = child.stdin.take();
    // A thread feeds it, so that a program that answers before it has read all
    // cannot make both sides wait for ever.
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A program that ends early closes its input; its exit status says why.
                let _ = stdin.write_all(input);
            }
        });
        child.wait_with_output()
    })
    .with_context(|| format!("cannot wait for {name}"))?;
    Ok(Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs a program that has to succeed, and gives its standard output.
pub(crate) fn must(command: &mut Command) -> Result<String> {
    must_with(command, b"")
}

/// As [`must`], with input.
pub(crate) fn must_with(command: &mut Command, input: &[u8]) -> Result<String> {
    let ran = run(command, input)?;
    if ran.code != 0 {
        let line: Vec<_> = std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|part| part.to_string_lossy().chars().take(80).collect::<String>())
            .collect();
        let said = format!("{}{}", ran.stdout, ran.stderr);
        let lines: Vec<_> = said.lines().collect();
        let tail = lines
            .get(lines.len().saturating_sub(15)..)
            .unwrap_or_default()
            .join("\n");
        bail!(
            "`{}` ended with status {}:\n{tail}",
            line.join(" "),
            ran.code
        );
    }
    Ok(ran.stdout)
}

/// `ip` with arguments split at spaces.
pub(crate) fn ip(arguments: &str) -> Result<String> {
    must(Command::new("ip").args(arguments.split_whitespace()))
}
