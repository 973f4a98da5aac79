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

mod directory;
mod given;

pub mod access;
pub mod agents;
pub mod audit;
pub mod batches;
pub mod cloud_groups;
pub mod decisions;
pub mod doctor_looks;
pub mod domains;
pub mod forests;
pub mod groups;
pub mod housekeeping;
pub mod imports;
pub mod isolation;
pub mod isolation_random;
pub mod licences;
pub mod licences_isolation;
pub mod news;
pub mod objects;
pub mod passwords;
pub mod people;
pub mod removals;
pub mod requests;
pub mod roles;
pub mod runs;
pub mod sessions;
pub mod sign_in;
pub mod tenants;
pub mod test_accounts;
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
            access {
                a_policy_is_the_default_until_it_is_set
                writeback_is_on_until_it_is_switched
                of_many_that_switch_at_once_one_does
                switching_on_wants_every_key_rolled
                whether_a_key_is_blocked_can_be_asked_without_counting
            }
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
                of_an_agent_and_its_copy_one_gets_a_link
                a_copy_is_noted_and_revoked_agents_are_known
            }
            audit {
                a_line_has_its_fields
                lines_come_newest_first_and_no_more_than_asked_for
                a_change_that_fails_leaves_no_record
                every_record_has_the_next_place_in_its_chain
                records_that_many_keep_at_once_are_one_chain
                records_are_found_by_what_is_known_of_them
                checkpoints_come_back_as_they_were_signed
                old_records_go_with_a_signed_mark
            }
            batches {
                a_batch_belongs_to_an_import_of_that_agent_that_is_under_way
                batches_come_in_turn
                of_many_that_bring_a_batch_at_once_one_is_kept
                an_object_comes_back_as_it_was_imported
                what_is_new_or_differs_is_pending_and_the_rest_is_not
                the_members_of_a_group_are_a_part_of_it
                a_removed_object_is_gone_until_it_comes_again
                the_removal_of_what_was_never_known_is_ignored
                of_an_object_that_comes_twice_the_later_state_counts
                the_same_object_in_two_forests_is_two
                a_delta_imports_position_is_the_forests_at_once
                a_full_imports_position_is_kept_aside
                an_import_keeps_what_a_synchronisation_found
                a_batch_is_progress
            }
            cloud_groups {
                a_group_comes_back_as_it_was_kept
                a_name_is_one_groups_whatever_the_case
                synchronised_groups_are_groups_too
                members_come_and_go
                a_person_is_in_the_groups_of_their_groups
                members_by_primary_group_are_in_the_clouds_groups_too
                circles_end_nothing
                a_deleted_group_is_nowhere
            }
            decisions {
                an_added_person_is_joined
                an_updated_person_has_the_new_attributes
                a_matched_person_of_the_cloud_becomes_a_synchronised_one
                the_standing_says_where_a_password_goes
                a_person_who_is_left_stays_through_the_other_account
                the_other_objects_of_a_changed_person_are_looked_at_again
                a_staged_removal_is_taken_back_by_an_update
                a_removed_person_is_restored_with_the_same_identifier
                problems_take_the_place_of_those_before
                decisions_are_carried_out_in_their_order
                an_added_person_may_be_changed_at_once
                names_can_go_from_one_to_another
                all_of_a_batch_is_carried_out_or_none
                nothing_to_carry_out_changes_nothing
            }
            forests {
                a_report_adds_a_forest_or_replaces_its_domains
                a_report_leaves_all_else_as_it_is
                forests_are_listed_by_name
                forgotten_positions_are_gone_and_nothing_else_is
            }
            groups {
                members_come_through_other_groups_too
                groups_that_contain_each_other_end_nothing
                members_by_primary_group_count
                a_group_is_named_by_dn_or_guid
                memberships_change_with_the_group
                a_member_may_come_after_its_group_and_go_before_it
                a_persons_groups_are_those_of_all_forests
            }
            housekeeping {
                requests_that_ended_are_forgotten_and_doubts_never
                a_request_stays_as_long_as_its_session
                no_more_than_so_many_are_forgotten_at_once
            }
            imports {
                a_complete_import_is_noted_in_its_run_and_forest
                a_complete_delta_import_leaves_the_rest_as_it_is
                an_import_that_is_not_whole_goes_on
                an_import_is_ended_by_its_own_agent
                a_full_import_marks_what_it_did_not_bring_as_gone
                an_import_says_whether_anything_differs
                an_import_with_problems_says_so
                a_full_import_that_goes_on_has_brought_what_was_whole
                a_full_import_that_begins_anew_has_brought_nothing
                what_a_delta_import_brings_meanwhile_is_there
                imports_of_two_forests_run_side_by_side
                of_many_that_complete_at_once_one_does
                a_batch_and_an_interruption_exclude_each_other
            }
            isolation {
                a_tenant_sees_nothing_of_another
                a_tenant_changes_nothing_of_another
            }
            licences {
                a_tenant_is_born_with_the_self_hosted_sku
                what_was_bought_comes_back
                an_assignment_is_refused_with_its_reason
                disabled_plans_are_the_assignments
                a_licence_works_by_its_state
                what_does_not_matter_here_enables_nothing
                an_assignment_without_the_plans_that_matter_enables_nothing
                a_licence_to_an_empty_group_is_nobodys
                the_last_seat_is_given_once
                a_person_takes_one_seat_by_many_assignments
                members_beyond_the_seats_wait_in_order
                fewer_seats_have_a_grace
                whoever_leaves_a_group_loses_its_licence_at_once
                no_sequence_gives_a_seat_too_many
                many_at_once_give_no_seat_too_many
            }
            licences_isolation {
                a_tenant_sees_none_of_anothers_groups_roles_and_licences
                a_tenant_changes_none_of_anothers_groups_roles_and_licences
            }
            isolation_random {
                no_sequence_of_calls_crosses_over
            }
            news {
                what_changed_or_was_in_doubt_is_owed
                news_that_is_taken_up_is_due_again_later
                of_many_that_take_up_at_once_one_does
                letters_that_were_taken_stay_so
                news_is_put_off_and_settled
                another_tenant_changes_nothing_of_owed_news
            }
            objects {
                objects_come_in_pages_by_anchor
                an_object_with_an_error_stays_pending
                a_changed_group_is_seen
                objects_are_found_by_any_of_their_names
                problems_are_listed_errors_first
                objects_are_counted
                what_is_gone_and_settled_is_forgotten
                users_without_a_consistency_guid_are_listed
            }
            passwords {
                banned_passwords_are_the_default_until_they_are_set
                limits_are_the_installations_until_they_are_set
                limits_that_are_set_at_once_are_all_kept
            }
            people {
                rules_are_the_defaults_until_they_are_set
                a_person_comes_back_as_decided
                a_person_of_the_cloud_comes_back_with_their_role
                people_are_found_by_each_of_their_keys
                the_removed_are_found_by_source_anchor_and_no_name
                a_persons_accounts_are_as_they_were_last_imported
            }
            removals {
                staged_removals_are_listed_oldest_first
                what_is_staged_again_keeps_its_time_and_approval
                removed_people_can_be_told_from_those_who_stay
                removals_are_carried_out_forest_by_forest
                approved_removals_go_first
                the_guard_counts_what_nobody_approved
                the_guard_waits_until_a_person_has_spoken
                of_many_that_remove_at_once_each_person_is_removed_once
                an_object_that_is_gone_goes_with_its_person
                removed_people_are_forgotten_in_the_end
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
                what_was_begun_is_kept_of_its_claimant_alone
                only_a_claimed_request_comes_into_doubt
                every_change_of_state_keeps_its_record
                overdue_requests_are_the_pending_ones_whose_time_is_over
                stale_claims_are_the_old_ones_without_an_outcome
                unknown_requests_are_the_forests_oldest_first
                every_outcome_comes_back
                states_only_move_forward
            }
            roles {
                roles_are_granted_once_and_revoked
                whoever_holds_a_role_is_an_administrator
                who_is_made_an_administrator_holds_the_role
                the_last_global_administrator_stays
                whoever_cannot_sign_in_is_no_other_administrator
                of_many_revocations_at_once_one_administrator_stays
            }
            runs {
                a_wish_is_kept_until_it_is_taken
                of_many_that_take_a_wish_at_once_one_does
                a_run_comes_back_as_it_began
                a_forest_has_one_run_at_a_time
                of_many_that_begin_at_once_one_does
                progress_is_noted_while_a_run_is_under_way
                a_run_that_ends_well_sets_the_time_of_its_profile
                a_run_ends_once
                of_many_that_end_a_run_at_once_one_does
                runs_are_listed_newest_first
                problems_are_noted_in_their_run
                no_more_than_a_thousand_problems_are_kept
                a_complete_run_can_be_forgotten
                old_runs_are_forgotten
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
            doctor_looks {
                a_look_that_found_the_same_is_renewed_and_another_one_kept
                only_so_many_looks_are_kept
            }
            domains {
                a_domain_comes_back_as_it_was_kept
                only_a_verified_domain_finds_its_tenant
                a_domain_is_verified_in_one_tenant
                of_many_who_verify_a_domain_at_once_one_gets_it
                no_sequence_gives_a_domain_to_two
            }
            sign_in {
                a_session_is_found_by_its_token
                a_session_ends_when_it_is_idle_and_in_the_end
                sessions_are_revoked_one_or_all
                who_is_disabled_removed_or_of_a_disabled_tenant_is_out
                a_second_factor_is_tried_so_many_times
                a_new_password_ends_sessions_and_forgives
                people_are_changed_and_removed
                many_people_are_kept_at_once
                wrong_passwords_lock_over_restarts
                of_many_tries_at_once_one_goes
                a_directorys_threshold_is_kept
                a_clock_that_was_set_back_locks_nobody_for_longer
                a_key_goes_by_the_policy_given_until_its_own_is_known
                the_lockout_policy_of_a_forest_is_kept
                a_changed_password_forgives_and_signs_out
                another_tenant_reaches_no_account
            }
            tenants {
                a_tenant_comes_back_as_it_was_kept
                a_name_belongs_to_one_tenant
                of_many_of_one_name_at_once_one_is_kept
                a_tenant_is_disabled_and_enabled
                a_tenant_is_renamed_to_a_free_name
                nobody_enrols_into_a_disabled_tenant
            }
            test_accounts {
                a_test_account_is_designated_once_and_released
                a_test_account_is_its_own_tenants_alone
            }
            throttles {
                the_beginning_of_a_block_is_recorded_once
                no_more_than_the_limit_in_a_window
                the_window_slides
                a_block_holds_and_then_ends
                a_blocked_event_is_not_counted
                keys_and_rules_are_counted_apart
                what_is_forgiven_is_forgotten
                a_clock_that_is_set_back_frees_nobody_and_jails_nobody
                any_run_of_counts_is_as_a_simple_model_says
                many_at_once_are_no_more_than_the_limit
                a_count_outlives_its_program
                many_at_once_are_no_more_than_the_limit_over_a_restart
            }
            users {
                a_user_of_the_cloud_comes_back_as_they_were_kept
                a_user_principal_name_belongs_to_one_user
                the_name_of_somebody_who_was_removed_is_free
                of_many_who_take_a_name_at_once_one_gets_it
                a_synchronised_user_comes_back_as_decided
                whoever_was_removed_is_found_no_more
                an_address_is_a_principal_name_first_and_a_mail_address_second
                an_account_name_is_found_with_its_domain_and_alone
                case_does_not_matter_in_any_script
                an_ambiguous_name_gives_all_who_have_it
                a_changed_name_is_found_and_the_old_one_is_not
                people_are_counted
                people_come_in_pages_by_identifier
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
            ("batches", include_str!("batches.rs")),
            ("cloud_groups", include_str!("cloud_groups.rs")),
            ("decisions", include_str!("decisions.rs")),
            ("domains", include_str!("domains.rs")),
            ("forests", include_str!("forests.rs")),
            ("groups", include_str!("groups.rs")),
            ("housekeeping", include_str!("housekeeping.rs")),
            ("imports", include_str!("imports.rs")),
            ("isolation", include_str!("isolation.rs")),
            ("licences", include_str!("licences.rs")),
            ("licences_isolation", include_str!("licences_isolation.rs")),
            ("isolation_random", include_str!("isolation_random.rs")),
            ("news", include_str!("news.rs")),
            ("objects", include_str!("objects.rs")),
            ("people", include_str!("people.rs")),
            ("removals", include_str!("removals.rs")),
            ("requests", include_str!("requests.rs")),
            ("roles", include_str!("roles.rs")),
            ("runs", include_str!("runs.rs")),
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
