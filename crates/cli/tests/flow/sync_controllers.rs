//! Which domain controller is read, and which is written to.

use std::time::Duration;

use anyhow::Result;
use writeback_lab::UserSpec;
use writeback_stage::AgentPlace;

use crate::{
    setting::{is_changed, verified},
    sync_setting::{Synchronised, place_of},
    sync_unit::Unit,
};

const CORP: &str = "corp.test";
pub const DC2: &str = "dc2.corp.test";

/// Reads `dc2` and no other, which is not the PDC emulator.
pub fn reads_dc2(home: &Unit) -> AgentPlace {
    let dc2 = format!("preferred_controllers = [\"{DC2}\"]\nonly_preferred = true");
    let mut place = place_of(&[home]);
    place
        .extra_of
        .insert(CORP.to_owned(), format!("{dc2}\n{}", home.included()));
    place
}

#[tokio::test]
async fn imports_read_the_preferred_controller_and_passwords_go_to_the_pdc_emulator() -> Result<()>
{
    let home = Unit::new(CORP)?;
    let user = home.user(UserSpec::default())?;
    home.forest.replicated(Duration::from_secs(60))?;
    let it = Synchronised::of(vec![reads_dc2(&home)]).await?;
    it.runs(CORP, "full-cycle", 0)?;
    // Made on dc1, and told by dc2 once it has come there.
    let later = home.user(UserSpec::default())?;
    it.seen.until_known(&later.guid).await?;
    it.runs(CORP, "delta-cycle", 0)?;

    let history = it.sync(&["history", "--json", "--last", "100"])?;
    let history: Vec<serde_json::Value> = serde_json::from_str(&history)?;
    let imports: Vec<_> = history
        .iter()
        .filter(|run| run["result"] == "success")
        .filter(|run| run["profile"] == "full-import" || run["profile"] == "delta-import")
        .collect();
    assert!(imports.len() >= 2, "{history:#?}");
    for run in imports {
        assert_eq!(run["controllers"], serde_json::json!([DC2]), "{run:#}");
    }

    for (user, password) in [(&user, "Ke-Emulator 1"), (&later, "Ke-Emulator 2")] {
        let (person, page) = verified(&it.stage, user).await?;
        let page = person.sets_password(&page, password).await?;
        // Held against the PDC emulator at once: a write elsewhere would not be there yet.
        is_changed(it.forest(CORP)?, user, &page, password)?;
        let written = it.seen.written_by(&it.stage).await?;
        assert_eq!(written.as_deref(), Some("dc1.corp.test"));
    }
    Ok(())
}
