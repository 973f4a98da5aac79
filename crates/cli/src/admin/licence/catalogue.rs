//! `writeback admin licence catalogue`.

use serde::Serialize;
use writeback_policy::licence::{
    CATALOGUE, CatalogueSku, Feature, HeldLicence, LicenceState, Seat, Via, entitles,
};

use crate::admin::{print, print_json, text::Table};

/// A SKU for a script.
#[derive(Serialize)]
struct Told {
    part_number: &'static str,
    id: String,
    product: &'static str,
    plans: Vec<Plan>,
    entitles: Vec<&'static str>,
}

#[derive(Serialize)]
struct Plan {
    name: &'static str,
    id: String,
}

pub(super) fn run(json: bool) -> anyhow::Result<()> {
    if json {
        let told = CATALOGUE.iter().map(|sku| Told {
            part_number: sku.part_number,
            id: sku.id.to_string(),
            product: sku.product,
            plans: sku
                .plans
                .iter()
                .map(|plan| Plan {
                    name: plan.name,
                    id: plan.id.to_string(),
                })
                .collect(),
            entitles: Feature::ALL
                .into_iter()
                .filter(|feature| entitles(&held(sku), *feature).allowed)
                .map(Feature::id)
                .collect(),
        });
        return print_json(&told.collect::<Vec<_>>());
    }
    Ok(print(&text())?)
}

/// Somebody who holds it.
fn held(sku: &CatalogueSku) -> Vec<HeldLicence> {
    vec![HeldLicence {
        sku: sku.id,
        sku_name: sku.part_number.to_owned(),
        via: Via::Direct,
        plans: sku.plans.iter().map(|plan| (*plan).into()).collect(),
        disabled: Vec::new(),
        state: LicenceState::Enabled,
        seat: Seat::Held,
    }]
}

fn text() -> String {
    let mut table = Table::new(&["PART NUMBER", "PRODUCT", "WRITEBACK", "CLOUD RESET"]);
    let says = |sku, feature| {
        let word = if entitles(&held(sku), feature).allowed {
            "yes"
        } else {
            "no"
        };
        word.to_owned()
    };
    for sku in CATALOGUE {
        table.row([
            sku.part_number.to_owned(),
            sku.product.to_owned(),
            says(sku, Feature::WritebackReset),
            says(sku, Feature::CloudReset),
        ]);
    }
    format!(
        "{table}A part number may mislead: what counts are the identifiers of service plans \
         (--json shows them).\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_misleading_one_is_told_apart() {
        let text = text();
        let line = |start: &str| {
            let found = text.lines().find(|line| line.starts_with(start)).unwrap();
            found.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            line("O365_BUSINESS_PREMIUM "),
            "O365_BUSINESS_PREMIUM Microsoft 365 Business Standard no yes"
        );
        assert_eq!(line("SPB "), "SPB Microsoft 365 Business Premium yes yes");
        assert_eq!(line("AAD_BASIC "), "AAD_BASIC Microsoft Entra Basic no yes");
    }
}
