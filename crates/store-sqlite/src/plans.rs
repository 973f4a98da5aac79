//! How SQLite goes about the statements that take a batch.
//!
//! Without statistics it thinks that ten rows share the first columns of an index, such as a
//! tenant and a forest, and would read all objects of a forest for each of a batch. The
//! statements are written so that it cannot: a batch comes first, and each of its objects is
//! found by its whole key.

use sqlx::{ConnectOptions, Row, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::{SqliteStore, connector, groups, licences, runs, sync};

/// The steps of a statement's plan.
async fn plan(statement: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("writeback.db");
    SqliteStore::open(&path).await.unwrap().close().await;
    let mut hand = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .unwrap();
    let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let rows = sqlx::query(explain).fetch_all(&mut hand).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

#[tokio::test]
async fn a_batch_reads_no_more_than_its_own_objects() {
    let json = [connector::STATEMENTS, runs::STATEMENTS, sync::STATEMENTS].concat();
    let bulk = connector::BULK.iter().chain(sync::BULK);
    let statements = json
        .iter()
        .map(|statement| (*statement).to_owned())
        .chain(bulk.map(|bulk| bulk.sql(3)));
    for statement in statements {
        let plan = plan(&statement).await;
        let whole_table = |step: &&String| step.starts_with("SCAN") && !step.contains("VIRTUAL");
        let views = [
            "SCAN before",
            "SCAN inside",
            "SCAN outside",
            "SCAN accounts",
            // The batch itself, as bound values.
            "SCAN new",
            "SCAN 3 CONSTANT ROWS",
        ];
        let scan = plan
            .iter()
            .filter(whole_table)
            .find(|step| !views.contains(&step.as_str()));
        assert_eq!(scan, None, "{statement}: {plan:#?}");
        let whole_forest = plan.iter().find(|step| {
            step.ends_with("(tenant_id=?)") || step.ends_with("(tenant_id=? AND forest=?)")
        });
        let is_meant = whole_forest.is_none_or(|step| step.contains("connector_objects_spent"));
        assert!(is_meant, "{statement}: {plan:#?}");
    }
}

#[tokio::test]
async fn whoever_asks_for_one_person_reads_no_whole_table() {
    for statement in [groups::OF_USER, licences::HELD] {
        let plan = plan(statement).await;
        let tables = [
            "users",
            "connector_objects",
            "memberships",
            "cloud_group_users",
            "cloud_group_groups",
            "licence_assignments",
            "licence_seats",
        ];
        let whole = plan.iter().find(|step| {
            let name = step
                .strip_prefix("SCAN ")
                .and_then(|it| it.split(' ').next());
            name.is_some_and(|name| tables.contains(&name))
        });
        assert_eq!(whole, None, "{statement}: {plan:#?}");
    }
}

#[tokio::test]
async fn a_groups_people_are_found_by_the_groups() {
    for statement in licences::STATEMENTS {
        let plan = plan(statement).await;
        let whole = plan.iter().find(|step| {
            [
                "SCAN connector_objects",
                "SCAN memberships",
                "SCAN cloud_group_users",
            ]
            .iter()
            .any(|scan| step.starts_with(scan))
        });
        assert_eq!(whole, None, "{statement}: {plan:#?}");
    }
}
