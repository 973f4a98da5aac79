//! One thing that must be so for writeback to work.

use schemars::JsonSchema;
use serde::Serialize;

/// Where a check looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Component {
    /// This machine: the agent's configuration, keys and folder.
    Machine,
    /// The way to the cloud, and what the cloud says to this agent.
    Cloud,
    /// The domain controllers, and what they say to the agent's account.
    Directory,
    /// One person's account.
    Person,
    /// The cloud's machine.
    Installation,
    /// A tenant of the cloud.
    Tenant,
    /// Agents and forests, as the cloud knows them.
    Agents,
    /// One person, as the cloud knows them.
    KnownPerson,
}

impl Component {
    /// As a heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Machine => "This machine",
            Self::Cloud => "The way to the cloud",
            Self::Directory => "The directory",
            Self::Person => "The person",
            Self::Installation => "The cloud's machine",
            Self::Tenant => "The tenant",
            Self::Agents => "Agents and forests",
            Self::KnownPerson => "The person, as the cloud knows them",
        }
    }

    /// The command that asks its checks.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Machine | Self::Cloud | Self::Directory | Self::Person => "writeback doctor",
            Self::Installation | Self::Tenant | Self::Agents | Self::KnownPerson => {
                "writeback admin doctor"
            }
        }
    }
}

/// How bad it is where a check is not fulfilled, at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Passwords are written, but something should be looked at.
    Warning,
    /// Passwords are not written.
    Fault,
}

/// Of what a check is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Once.
    Agent,
    /// Each forest of the configuration.
    Forest,
    /// Each domain that is served.
    Domain,
    /// Each domain controller.
    Controller,
    /// The person that was named.
    Person,
    /// The test account that was named.
    TestAccount,
    /// Once, on the cloud's machine.
    Installation,
    /// Each tenant, or the one that was named.
    Tenant,
    /// Each tenant and each of its forests.
    Switch,
    /// Each agent of a tenant.
    EnrolledAgent,
    /// Each forest of a tenant.
    TenantForest,
    /// The person that was named, as the cloud knows them.
    KnownPerson,
}

impl Of {
    /// As the documentation has it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Agent => "once",
            Self::Forest => "each forest",
            Self::Domain => "each domain",
            Self::Controller => "each domain controller",
            Self::Person | Self::KnownPerson => "with `--user`",
            Self::TestAccount => "with `--test-user`",
            Self::Installation => "once",
            Self::Tenant => "each tenant",
            Self::Switch => "each tenant and forest",
            Self::EnrolledAgent => "each agent",
            Self::TenantForest => "each forest",
        }
    }
}

/// One check of the catalogue.
///
/// `cause` and `remedy` may hold names in braces (`{host}`), which a finding fills with what it
/// saw; where nothing was seen they are shown as `<host>`.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its name in commands, output and documentation: kebab-case.
    pub id: &'static str,
    /// What is so when it is fulfilled.
    pub title: &'static str,
    /// How bad it is at worst.
    pub severity: Severity,
    /// Where it looks.
    pub component: Component,
    /// Of what it is asked.
    pub of: Of,
    /// The checks that must be fulfilled before this one can be asked.
    pub needs: &'static [&'static str],
    /// Why it usually is not fulfilled.
    pub cause: &'static str,
    /// What to do, a line each; lines that begin with `$ ` are typed in a shell, with `PS> ` in
    /// PowerShell or a Windows command prompt, as an administrator.
    pub remedy: &'static [&'static str],
    /// The rows of `locales/rows.toml` that it answers: A1, W03, S07.
    pub rows: &'static [&'static str],
}

impl Check {
    /// Its page in the documentation.
    pub fn docs(&self) -> String {
        format!("docs/troubleshooting/en/{}.md", self.id)
    }
}
