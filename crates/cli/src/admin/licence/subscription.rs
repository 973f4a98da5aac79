//! `writeback admin licence add`, `set-seats` and `set-state`.

use std::str::FromStr;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use writeback_model::{Clock as _, Entropy as _};
use writeback_policy::licence::{
    LicenceState, Lowered, ServicePlan, SetState, SkuId, Term, catalogue_sku, lower_seats,
};
use writeback_store::NewSku;

use crate::{
    admin::{
        Cloud, OpenCloud, operator,
        text::{at, one_line, things},
    },
    outside::{SystemClock, SystemEntropy},
};

/// Add what was bought: a SKU of the catalogue, or one of your own.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin licence add EMS --seats 250 --ends 2027-06-30\n  \
                  writeback admin licence add PILOT --product 'Pilot of spring' \
                  --plan AAD_PREMIUM --seats 20"
)]
pub struct AddArguments {
    /// A part number or identifier of the catalogue, or the part number of one of your own.
    sku: String,
    /// How many seats; unlimited where this is left out.
    #[arg(long)]
    seats: Option<u64>,
    /// The first day on which it is not paid for any more.
    #[arg(long, value_name = "YYYY-MM-DD")]
    ends: Option<Date>,
    /// Of one of your own: what it is called.
    #[arg(long)]
    product: Option<String>,
    /// Of one of your own: a service plan, as a known name, a UUID or NAME=UUID; may be given
    /// several times.
    #[arg(long, value_name = "PLAN")]
    plan: Vec<ServicePlan>,
    #[command(flatten)]
    cloud: Cloud,
}

/// Set how many seats there are.
///
/// Where more are taken than there are then, those who got theirs last keep it for 30 days, and
/// nobody gets a new one meanwhile.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin licence set-seats EMS 300\n  \
                  writeback admin licence set-seats EMS 100 --dry-run\n  \
                  writeback admin licence set-seats EMS unlimited"
)]
pub struct SeatsArguments {
    /// The SKU, by part number or identifier.
    sku: String,
    /// A number, or `unlimited`.
    seats: Seats,
    /// Only say what it would do.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    cloud: Cloud,
}

/// Set the state of a subscription.
///
/// An enabled one that ends goes on working for 30 days (warning), is suspended for 90 more, and
/// is expired then.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  writeback admin licence set-state EMS enabled --ends 2028-01-01\n  \
                  writeback admin licence set-state EMS warning\n  \
                  writeback admin licence set-state EMS suspended"
)]
pub struct StateArguments {
    /// The SKU, by part number or identifier.
    sku: String,
    /// Enabled, or from now on in warning, suspended, expired.
    state: WantedState,
    /// Of an enabled one: the first day on which it is not paid for any more; without end where
    /// this is left out.
    #[arg(long, value_name = "YYYY-MM-DD")]
    ends: Option<Date>,
    #[command(flatten)]
    cloud: Cloud,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WantedState {
    Enabled,
    /// It ends now.
    Warning,
    Suspended,
    Expired,
}

#[derive(Clone, Copy)]
struct Seats(Option<u64>);

impl FromStr for Seats {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("unlimited") {
            return Ok(Self(None));
        }
        text.parse()
            .map(|seats| Self(Some(seats)))
            .map_err(|_| format!("{text:?} is neither a number nor `unlimited`"))
    }
}

/// The moment at which a day begins.
fn begin_of(day: Date, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let begin = day.to_zoned(zone.clone());
    Ok(begin
        .with_context(|| format!("{day} cannot be"))?
        .timestamp())
}

pub(super) async fn add(arguments: AddArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let ends = arguments.ends;
    let ends_at = match ends {
        Some(day) => Some(begin_of(day, &open.config.time_zone()?)?),
        None => None,
    };
    let (id, part_number, product, plans) = match catalogue_sku(&arguments.sku) {
        Some(known) => {
            if !arguments.plan.is_empty() || arguments.product.is_some() {
                bail!(
                    "{} is in the catalogue, with its own plans and product name: leave --plan \
                     and --product out, or take another part number",
                    known.part_number
                );
            }
            let plans = known.plans.iter().map(|plan| (*plan).into()).collect();
            (
                known.id,
                known.part_number.to_owned(),
                known.product.to_owned(),
                plans,
            )
        }
        None => own(&arguments)?,
    };
    let sku = NewSku {
        id,
        part_number,
        product,
        plans,
        prepaid: arguments.seats,
        term: Term {
            set: SetState::Enabled,
            ends_at,
        },
    };
    open.admin().add_sku(&sku, &operator::by()).await?;
    let name = one_line(&sku.part_number);
    println!(
        "{name} ({}) is added, with {}. It is nobody's until it is assigned: \
         `writeback admin licence assign {name} --group GROUP`.",
        one_line(&sku.product),
        seats_in_words(arguments.seats)
    );
    Ok(())
}

/// One of the operator's own.
fn own(arguments: &AddArguments) -> anyhow::Result<(SkuId, String, String, Vec<ServicePlan>)> {
    let part_number = arguments.sku.trim();
    if arguments.plan.is_empty() {
        bail!(
            "{part_number:?} is not in the catalogue (`writeback admin licence catalogue`); for \
             one of your own say its service plans with --plan"
        );
    }
    let length = part_number.chars().count();
    if !(1..=100).contains(&length) || part_number.chars().any(char::is_control) {
        bail!("a part number has 1 to 100 characters, none of them a control character");
    }
    let mut random = [0; 16];
    SystemEntropy.fill(&mut random);
    let id = SkuId::from_random(random);
    let product = arguments.product.as_deref().unwrap_or(part_number);
    Ok((
        id,
        part_number.to_owned(),
        product.to_owned(),
        arguments.plan.clone(),
    ))
}

pub(super) async fn set_seats(arguments: SeatsArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let sku = admin.find_sku(&arguments.sku).await?;
    let Seats(seats) = arguments.seats;
    let lowered = if arguments.dry_run {
        lower_seats(seats, sku.consumed, SystemClock.now())
    } else {
        admin.set_seats(&sku, seats, &operator::by()).await?
    };
    let name = one_line(&sku.sku.part_number);
    let many = seats_in_words(seats);
    if arguments.dry_run {
        println!("{name} would have {many}. Nothing was changed.");
    } else {
        println!("{name} has {many} now.");
    }
    if let Lowered::Surplus { seats, until } = lowered {
        println!(
            "Look at this: that is {} fewer than are taken. Those who got theirs last keep it \
             until {}, and nobody gets a new one meanwhile.",
            things(seats, "seat"),
            local(&open, until)?
        );
    }
    Ok(())
}

pub(super) async fn set_state(arguments: StateArguments) -> anyhow::Result<()> {
    let open = arguments.cloud.open().await?;
    let admin = open.admin();
    let sku = admin.find_sku(&arguments.sku).await?;
    if arguments.ends.is_some() && arguments.state != WantedState::Enabled {
        bail!("--ends is for an enabled subscription");
    }
    let ends_at = match arguments.ends {
        Some(day) => Some(begin_of(day, &open.config.time_zone()?)?),
        None => None,
    };
    let term = match arguments.state {
        WantedState::Enabled => Term {
            set: SetState::Enabled,
            ends_at,
        },
        WantedState::Warning => Term {
            set: SetState::Enabled,
            ends_at: Some(SystemClock.now()),
        },
        WantedState::Suspended => Term {
            set: SetState::Suspended,
            ends_at: sku.sku.term.ends_at,
        },
        WantedState::Expired => Term {
            set: SetState::Expired,
            ends_at: sku.sku.term.ends_at,
        },
    };
    let state = admin.set_term(&sku, term, &operator::by()).await?;
    let name = one_line(&sku.sku.part_number);
    match state {
        LicenceState::Enabled => println!("{name} is enabled."),
        LicenceState::Warning { until } => println!(
            "{name} ended: it works until {} (warning), and is suspended then.",
            local(&open, until)?
        ),
        LicenceState::Suspended => println!(
            "{name} is suspended: whoever is assigned it keeps it, and cannot use what it \
             carries until it is enabled."
        ),
        LicenceState::Expired => {
            println!("{name} is expired: nobody can use what it carries; remove its assignments.")
        }
    }
    Ok(())
}

fn seats_in_words(seats: Option<u64>) -> String {
    seats.map_or_else(
        || "unlimited seats".to_owned(),
        |seats| things(seats, "seat"),
    )
}

fn local(open: &OpenCloud, time: Timestamp) -> anyhow::Result<String> {
    Ok(at(time, &open.config.time_zone()?))
}
