//! `writeback admin explain`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde::Serialize;
use writeback_cloud::Explained;
use writeback_model::{UserId, UserName};
use writeback_policy::access::{Access, Finding, Holds, Wish};

use super::{
    Cloud, print, print_json,
    text::{Table, one_line},
};

/// Say whether a person may reset, change, unlock and register, and why.
///
/// Every rule is shown with what it went by and where that is set. Who is connected only the
/// running cloud knows: `writeback admin agent list` tells when each was.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin explain alice@corp.example.org\n  \
                  writeback admin explain 'CORP\\alice' --wish reset\n  \
                  writeback admin explain alice --json\n\n\
                  Exit code: 0 when everything asked about is allowed, 2 when something is not, \
                  1 when it could not be said."
)]
pub struct ExplainArguments {
    /// A user principal name, a mail address, or an account name with or without its domain.
    name: UserName,
    /// Only this wish. May be given several times.
    #[arg(long = "wish", value_enum)]
    wishes: Vec<WishArgument>,
    /// For machines.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cloud: Cloud,
}

#[derive(Clone, Copy, ValueEnum)]
enum WishArgument {
    /// A new password without the old one.
    Reset,
    /// A new password, giving the old one.
    Change,
    /// Unlocking, keeping the password.
    Unlock,
    /// Registering methods.
    Register,
}

impl From<WishArgument> for Wish {
    fn from(wish: WishArgument) -> Self {
        match wish {
            WishArgument::Reset => Self::Reset,
            WishArgument::Change => Self::Change,
            WishArgument::Unlock => Self::Unlock,
            WishArgument::Register => Self::Register,
        }
    }
}

#[derive(Serialize)]
struct Json<'e> {
    user: UserId,
    name: &'e str,
    answers: Vec<JsonAnswer<'e>>,
}

#[derive(Serialize)]
struct JsonAnswer<'e> {
    wish: Wish,
    #[serde(flatten)]
    access: &'e Access,
}

/// Whether all that was asked about is allowed.
pub(super) async fn run(arguments: ExplainArguments) -> anyhow::Result<bool> {
    let open = arguments.cloud.open().await?;
    let wishes: Vec<Wish> = if arguments.wishes.is_empty() {
        Wish::ALL.to_vec()
    } else {
        arguments.wishes.into_iter().map(Wish::from).collect()
    };
    let recovery = open.config.recovery_attributes();
    let explained = open
        .admin()
        .explain(&arguments.name, &wishes, &recovery, open.config.limits())
        .await?;
    if arguments.json {
        print_json(&json(&explained))?;
    } else {
        print(&text(&explained))?;
    }
    Ok(explained.answers.iter().all(|(_, access)| access.allowed))
}

fn json(explained: &Explained) -> Json<'_> {
    let answers = explained.answers.iter();
    Json {
        user: explained.user.id,
        name: &explained.user.attributes.user_principal_name,
        answers: answers
            .map(|(wish, access)| JsonAnswer {
                wish: *wish,
                access,
            })
            .collect(),
    }
}

fn text(explained: &Explained) -> String {
    let name = one_line(&explained.user.attributes.user_principal_name);
    let mut text = format!("{name}  ({})\n", explained.user.id);
    for (wish, access) in &explained.answers {
        text.push('\n');
        text.push_str(&answer(*wish, access));
    }
    text
}

pub(super) fn answer(wish: Wish, access: &Access) -> String {
    let mut text = if access.allowed {
        format!("{}: allowed{}\n", wish.id(), gates(access))
    } else {
        let codes = access.refusal().and_then(|it| it.code);
        let code = codes.map(|code| format!(" ({code})")).unwrap_or_default();
        format!("{}: not allowed{code}\n", wish.id())
    };
    let mut table = Table::new(&["", "RULE", "WHAT IT WENT BY", "SET IN"]);
    for finding in &access.findings {
        table.row([
            mark(finding.holds).to_owned(),
            finding.rule.to_owned(),
            finding.value.clone(),
            finding.set_in.clone(),
        ]);
    }
    let _ = write!(text, "{table}");
    let helps: Vec<_> = access.findings.iter().filter_map(help).collect();
    if !helps.is_empty() {
        text.push_str("What would change this:\n");
        for line in helps {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn gates(access: &Access) -> String {
    let methods: Vec<_> = access.methods.iter().map(|it| it.id()).collect();
    match (access.gates, methods.as_slice()) {
        (_, []) => String::new(),
        (0, methods) => format!(" ({})", methods.join(", ")),
        (1, methods) => format!(", after one gate ({})", methods.join(", ")),
        (gates, methods) => format!(", after {gates} gates ({})", methods.join(", ")),
    }
}

fn help(finding: &Finding) -> Option<String> {
    let help = finding.would_help.as_deref()?;
    Some(format!("{}: {}", finding.rule, one_line(help)))
}

const fn mark(holds: Holds) -> &'static str {
    match holds {
        Holds::Yes => "✓",
        Holds::No => "✗",
        Holds::NotReached => "–",
    }
}
