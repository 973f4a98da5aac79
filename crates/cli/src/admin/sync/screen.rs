//! Where runs are followed: bars on a terminal, plain lines elsewhere.

use std::{
    collections::HashMap,
    io::{self, IsTerminal},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use writeback_model::RunId;
use writeback_store::Run;

use super::{display, follow::Word};
use crate::admin::{print, text::number};

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// Objects are counted: a bar where it is known how many there will be.
const BAR: &str = "{prefix}  [{bar:30}] {msg}  {elapsed}";
const SPINNER: &str = "{prefix}  {spinner} {msg}  {elapsed}";

/// What a person looks at.
pub(super) enum Screen {
    /// A terminal.
    Bars {
        all: MultiProgress,
        of_runs: HashMap<RunId, ProgressBar>,
    },
    /// A file, a pipe, a log.
    Lines,
}

impl Screen {
    /// As standard output asks for.
    pub(super) fn new() -> Self {
        if io::stdout().is_terminal() {
            Self::Bars {
                all: MultiProgress::with_draw_target(ProgressDrawTarget::stdout()),
                of_runs: HashMap::new(),
            }
        } else {
            Self::Lines
        }
    }

    /// Shows what a cycle has to say.
    pub(super) fn say(&mut self, word: &Word) -> io::Result<()> {
        match word {
            Word::Waits(other) => self.line(&display::waits(other)),
            Word::Begins(run) => match self {
                // The bar itself says it.
                Self::Bars { .. } => Ok(()),
                Self::Lines => self.line(&display::begins(run)),
            },
            Word::Goes(run) => {
                self.go(run);
                Ok(())
            }
            Word::Ended(run) => {
                if let Self::Bars { of_runs, .. } = self
                    && let Some(bar) = of_runs.remove(&run.id)
                {
                    bar.finish_and_clear();
                }
                self.line(&display::ended(run))
            }
        }
    }

    /// Shows a line above the bars.
    pub(super) fn line(&self, text: &str) -> io::Result<()> {
        match self {
            Self::Bars { all, .. } => all.suspend(|| print(&format!("{text}\n"))),
            Self::Lines => print(&format!("{text}\n")),
        }
    }

    fn go(&mut self, run: &Run) {
        let Self::Bars { all, of_runs } = self else {
            return;
        };
        let bar = of_runs.entry(run.id).or_insert_with(|| {
            let name = format!("{}  {:12}", run.forest, run.profile.name());
            let bar = ProgressBar::new_spinner()
                .with_style(style(SPINNER))
                .with_prefix(name)
                .with_message("begins");
            let bar = all.add(bar);
            bar.enable_steady_tick(TURN);
            bar
        });
        let read = run.counts.read;
        match run.expected {
            Some(expected) => {
                if bar.length().is_none() {
                    bar.set_style(style(BAR));
                }
                // More than before is no reason for a bar that is over-full.
                let expected = expected.max(read);
                bar.set_length(expected);
                bar.set_position(read);
                bar.set_message(format!("{} of {}", number(read), number(expected)));
            }
            None if read == 0 => bar.set_message("begins"),
            None => bar.set_message(display::counts(run.profile, &run.counts)),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants; were one wrong, the usual look does.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
