//! `writeback admin licence assign` and `remove`.

use clap::Args;
use writeback_cloud::Admin;
use writeback_model::UserName;
use writeback_policy::licence::ServicePlan;
use writeback_store::Assignee;

use crate::admin::{
    Cloud, operator,
    text::{one_line, people},
};

/// Assign a licence to a person, a group or everybody.
///
/// A person of a group has the licence as long as they are in it, also through other groups. A
/// person takes one seat, by however many assignments. Members for whom no seat is left wait, in
/// a stable order, and get the next that is free; a single person is refused.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin licence assign EMS --user petra@example.org\n  \
                  writeback admin licence assign EMS --group Sales --dry-run\n  \
                  writeback admin licence assign EMS --group Sales --disable MFA_PREMIUM"
)]
pub struct AssignArguments {
    /// The SKU, by part number or identifier.
    sku: String,
    #[command(flatten)]
    to: To,
    /// A service plan that does not come with it; may be given several times.
    #[arg(long, value_name = "PLAN")]
    disable: Vec<ServicePlan>,
    /// Only say what would become of it.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    cloud: Cloud,
}

/// Take an assignment back.
///
/// Whoever holds the licence by another assignment keeps it. A seat that gets free goes to the
/// first who waits.
#[derive(Args)]
#[command(after_help = "Example:\n  writeback admin licence remove EMS --group Sales")]
pub struct RemoveArguments {
    /// The SKU, by part number or identifier.
    sku: String,
    #[command(flatten)]
    from: To,
    #[command(flatten)]
    cloud: Cloud,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct To {
    /// A person.
    #[arg(long)]
    user: Option<UserName>,
    /// A group, of the cloud or of a directory.
    #[arg(long)]
    group: Option<String>,
    /// Everybody in the tenant, whoever comes later too.
    #[arg(long)]
    everybody: bool,
}

impl To {
    /// To whom, and what they are called.
    async fn assignee(&self, admin: &Admin<'_>) -> anyhow::Result<(Assignee, String)> {
        if let Some(name) = &self.user {
            let user = admin.find_user(name).await?;
            let name = one_line(&user.attributes.user_principal_name);
            return Ok((Assignee::User(user.id), name));
        }
        if let Some(name) = &self.group {
            let group = admin.find_group(name).await?;
            let name = format!("the group {}", one_line(&group.name));
            return Ok((Assignee::Group(group.id), name));
        }
        Ok((Assignee::Everybody, "everybody".to_owned()))
    }
}

pub(super) async fn assign(arguments: AssignArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let sku = admin.find_sku(&arguments.sku).await?;
    let (to, whom) = arguments.to.assignee(&admin).await?;
    let disabled = &arguments.disable;
    let without_seat = admin
        .assign_licence(&sku, to, disabled, arguments.dry_run, &operator::by())
        .await?;
    let name = one_line(&sku.sku.part_number);
    if arguments.dry_run {
        println!("{name} would be assigned to {whom}. Nothing was changed.");
    } else {
        println!("{name} is assigned to {whom}.");
    }
    if without_seat > 0 {
        let leaves = if arguments.dry_run {
            "would leave"
        } else {
            "leaves"
        };
        println!(
            "Look at this: it {leaves} {} waiting for a seat, without this licence until then; \
             `writeback admin licence set-seats` sets how many there are.",
            people(without_seat)
        );
    }
    Ok(())
}

pub(super) async fn remove(arguments: RemoveArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let sku = admin.find_sku(&arguments.sku).await?;
    let (from, whom) = arguments.from.assignee(&admin).await?;
    let name = one_line(&sku.sku.part_number);
    if admin.unassign_licence(&sku, from, &operator::by()).await? {
        println!("{name} is assigned to {whom} no more.");
    } else {
        println!(
            "{name} was not assigned to {whom}: `writeback admin licence list` shows to whom."
        );
    }
    Ok(())
}
