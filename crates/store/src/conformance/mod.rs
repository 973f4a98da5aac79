//! The tests that every backend must pass: each sentence of the traits' documentation is one,
//! races included.
//!
//! A backend's tests give a [`Fixture`] and have every case expanded as a test of its own:
//!
//! ```text
//! writeback_store::conformance_tests!(TemporaryFile::new());
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code: it ends in the backend's tests, and only there"
)]
#![expect(missing_docs, reason = "the name of a case says what it shows")]

mod given;

pub mod agents;
pub mod audit;
pub mod forests;
pub mod imports;
pub mod isolation;
pub mod requests;
pub mod sessions;
pub mod tenants;
pub mod throttles;
pub mod users;

use crate::Store;

/// An empty database, of which any number of handles can be had: as many replicas have them,
/// or one program that is started again.
pub trait Fixture: Send + Sync {
    /// The backend.
    type Store: Store + 'static;

    /// A new handle on the same database.
    fn open(&self) -> impl Future<Output = Self::Store> + Send;
}

/// Expands to one test for each case, each with its own fixture: the value of the expression.
#[macro_export]
macro_rules! conformance_tests {
    ($fixture:expr) => {
        $crate::conformance_modules! { $fixture;
            agents {
                a_token_enrols_one_agent
                the_audit_record_of_an_enrolment_gets_the_tokens_tenant
                unknown_used_and_expired_tokens_enrol_nobody
                of_two_that_enrol_at_once_one_does
                agents_are_listed_oldest_first
                an_agent_is_seen_with_its_version
                a_revoked_agent_has_no_access
                revoking_twice_changes_nothing_more
                an_assertion_is_spent_once
                of_two_that_spend_at_once_one_does
                an_expired_access_token_is_nobodys
            }
            audit {
                a_line_has_its_fields
                lines_come_newest_first_and_no_more_than_asked_for
                a_change_that_fails_leaves_no_record
            }
            forests {
                a_report_adds_a_forest_or_replaces_its_domains
                a_report_leaves_the_imports_as_they_are
                forests_are_listed_by_name
                an_import_is_wanted_of_a_known_forest_only
            }
            imports {
                an_import_runs_until_it_ends
                users_come_only_in_a_running_import
                a_user_keeps_its_identifier_over_imports
                a_repeated_batch_harms_nothing
                an_import_with_a_gap_is_not_complete
                an_import_with_another_number_of_users_is_not_complete
                a_complete_import_removes_whom_it_did_not_bring
                a_complete_import_ends
                an_abandoned_import_removes_nobody
                another_import_ends_the_one_before
                imports_of_two_forests_run_side_by_side
                of_two_that_complete_at_once_one_does
            }
            isolation {
                a_tenant_sees_nothing_of_another
                a_tenant_changes_nothing_of_another
            }
            requests {
                a_request_comes_back_as_it_was_kept
                a_request_is_claimed_once
                of_many_claims_at_once_one_is_granted
                a_late_claim_is_granted_to_nobody
                an_outcome_is_kept_once
                of_many_outcomes_at_once_one_is_kept
                only_a_pending_request_expires
                a_claim_and_an_expiry_exclude_each_other
                only_a_claimed_request_comes_into_doubt
                every_change_of_state_keeps_its_record
                overdue_requests_are_the_pending_ones_whose_time_is_over
                stale_claims_are_the_old_ones_without_an_outcome
                unknown_requests_are_the_forests_oldest_first
                every_outcome_comes_back
                states_only_move_forward
            }
            sessions {
                a_session_is_found_by_its_cookie_until_it_ends
                a_session_of_nobody_is_kept_too
                what_expired_long_ago_is_forgotten
                the_right_code_opens_the_gate_and_is_spent
                a_wrong_code_takes_a_try
                an_expired_code_takes_none
                a_session_without_a_code_answers_as_with_another
                a_new_code_brings_no_new_tries
                codes_tried_at_once_count_as_well
                a_right_code_tried_many_times_at_once_is_right_once
                a_tried_code_keeps_its_record
                a_request_needs_an_open_gate
                a_request_needs_an_unexpired_session
                a_request_is_the_sessions_own_tenants_and_users
                a_form_sent_twice_makes_one_request
                a_form_sent_many_times_at_once_makes_one_request
                an_ended_session_is_gone
            }
            tenants {
                a_tenant_comes_back_as_it_was_kept
                a_name_belongs_to_one_tenant
                of_many_of_one_name_at_once_one_is_kept
            }
            throttles {
                no_more_than_the_limit_in_a_window
                the_window_slides
                a_block_holds_and_then_ends
                a_blocked_event_is_not_counted
                keys_and_rules_are_counted_apart
                what_is_forgiven_is_forgotten
                many_at_once_are_no_more_than_the_limit
                a_count_outlives_its_program
            }
            users {
                a_user_comes_back_as_it_was_imported
                an_address_is_a_principal_name_first_and_a_mail_address_second
                an_account_name_is_found_with_its_domain_and_alone
                case_does_not_matter_in_any_script
                an_ambiguous_name_gives_all_who_have_it
                a_changed_name_is_found_and_the_old_one_is_not
                users_are_counted
            }
        }
    };
}

/// What [`conformance_tests`] is made of.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_modules {
    ($fixture:expr; $($module:ident { $($case:ident)* })*) => { $(
        mod $module {
            #[allow(clippy::allow_attributes, unused_imports, reason = "what the fixture needs")]
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    $crate::conformance::$module::$case(&$fixture).await;
                }
            )*
        }
    )* };
}

#[cfg(test)]
mod tests {
    /// A case that is written and not listed would never run.
    #[test]
    fn every_case_is_listed() {
        let listed: Vec<&str> = include_str!("mod.rs").split_whitespace().collect();
        for (module, source) in [
            ("agents", include_str!("agents.rs")),
            ("audit", include_str!("audit.rs")),
            ("forests", include_str!("forests.rs")),
            ("imports", include_str!("imports.rs")),
            ("isolation", include_str!("isolation.rs")),
            ("requests", include_str!("requests.rs")),
            ("sessions", include_str!("sessions.rs")),
            ("tenants", include_str!("tenants.rs")),
            ("throttles", include_str!("throttles.rs")),
            ("users", include_str!("users.rs")),
        ] {
            let cases: Vec<&str> = source
                .split("pub async fn ")
                .skip(1)
                .filter_map(|rest| rest.split(['<', '(']).next())
                .collect();
            assert!(!cases.is_empty(), "{module} has no cases");
            for case in cases {
                assert!(
                    listed.contains(&case),
                    "{module}::{case} is not in the macro's list"
                );
            }
        }
    }
}
