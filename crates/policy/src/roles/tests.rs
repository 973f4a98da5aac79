//! The tables of docs/roles.md, each cell, and each side of each rule.

use super::*;

fn cloud(roles: &[Role]) -> Administrator<'_> {
    Administrator {
        roles,
        is_synchronised: false,
        has_recent_second_factor: true,
    }
}

/// Acts by roles in the order of `Role::ALL`.
const ACTS: [(Act, [u8; 6]); 14] = [
    (Act::ReadReports, [1, 0, 0, 0, 1, 0]),
    (Act::ReadDirectory, [1, 1, 1, 1, 1, 0]),
    (Act::ManageUsers, [1, 0, 0, 1, 0, 0]),
    (Act::ManageGroups, [1, 0, 0, 1, 0, 0]),
    (Act::AssignLicences, [1, 0, 0, 1, 0, 0]),
    (Act::ManageSubscriptions, [1, 0, 0, 0, 0, 0]),
    (Act::ResetPassword, [1, 1, 1, 1, 0, 0]),
    (Act::RevokeSessions, [1, 1, 1, 1, 0, 0]),
    (Act::ManageAuthenticationMethods, [1, 1, 0, 0, 0, 0]),
    (Act::ManageRoles, [1, 0, 0, 0, 0, 0]),
    (Act::ManagePolicies, [1, 0, 0, 0, 0, 0]),
    (Act::SwitchWriteback, [1, 0, 0, 0, 0, 0]),
    (Act::ManageSynchronization, [1, 0, 0, 0, 0, 1]),
    (Act::ManageTenant, [1, 0, 0, 0, 0, 0]),
];

#[test]
fn a_role_may_do_what_the_table_says() {
    assert_eq!(ACTS.map(|(act, _)| act), Act::ALL);
    for (act, may_by_role) in ACTS {
        for (role, allowed) in Role::ALL.into_iter().zip(may_by_role) {
            let expected = if allowed == 1 {
                Ok(())
            } else {
                Err(Refused::NoRole(act))
            };
            assert_eq!(may(act, cloud(&[role]), &[]), expected, "{role} {act:?}");
        }
        assert_eq!(may(act, cloud(&[]), &[]), Err(Refused::NoRole(act)));
        assert_eq!(may(act, cloud(&Role::ALL), &Role::ALL), Ok(()));
    }
}

/// Resets by the row's role upon the column's, in the order of `Role::ALL`.
const RESETS: [(Role, [u8; 6]); 4] = [
    (GlobalAdministrator, [1, 1, 1, 1, 1, 1]),
    (AuthenticationAdministrator, [0, 1, 1, 0, 1, 0]),
    (HelpdeskAdministrator, [0, 0, 1, 0, 1, 0]),
    (UserAdministrator, [0, 0, 1, 1, 1, 0]),
];

#[test]
fn a_role_acts_upon_the_roles_that_the_table_says() {
    let act = Act::ResetPassword;
    for (role, may_by_target) in RESETS {
        for (target, allowed) in Role::ALL.into_iter().zip(may_by_target) {
            let expected = if allowed == 1 {
                Ok(())
            } else {
                Err(Refused::Target { act, target })
            };
            let answer = may(act, cloud(&[role]), &[target]);
            assert_eq!(answer, expected, "{role} upon {target}");
        }
    }
}

#[test]
fn the_mightiest_role_of_the_target_counts() {
    let act = Act::ResetPassword;
    let target = [GlobalAdministrator, ReportsReader];
    let refused = may(act, cloud(&[HelpdeskAdministrator]), &target).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "reset-password may not be done to somebody who is a global administrator: a global \
         administrator can"
    );
    // Two roles of which neither reaches all do not add up.
    let target = [AuthenticationAdministrator, UserAdministrator];
    let both = [AuthenticationAdministrator, UserAdministrator];
    let refused = may(act, cloud(&both), &target).unwrap_err();
    assert_eq!(refused.id(), "target-role");
    assert_eq!(
        refused.to_string(),
        "reset-password may not be done to somebody who is an authentication administrator: a \
         global administrator can"
    );
}

#[test]
fn a_synchronised_administrator_may_not_switch_writeback() {
    for act in Act::ALL {
        let administrator = Administrator {
            is_synchronised: true,
            ..cloud(&[GlobalAdministrator])
        };
        let expected = if act == Act::SwitchWriteback {
            Err(Refused::SynchronisedAdministrator(act))
        } else {
            Ok(())
        };
        assert_eq!(may(act, administrator, &[]), expected);
    }
    let refused = Refused::SynchronisedAdministrator(Act::SwitchWriteback);
    assert_eq!(refused.id(), "synchronised-administrator");
    assert_eq!(
        refused.to_string(),
        "synchronised administrator: switch-writeback needs an administrator whose account is \
         in the cloud alone; yours is synchronised from a directory, and could lock itself out"
    );
}

#[test]
fn what_opens_an_account_needs_a_recent_second_factor() {
    let without = [
        Act::ReadReports,
        Act::ReadDirectory,
        Act::ManageGroups,
        Act::AssignLicences,
        Act::RevokeSessions,
    ];
    for act in Act::ALL {
        let administrator = Administrator {
            has_recent_second_factor: false,
            ..cloud(&[GlobalAdministrator])
        };
        let expected = if without.contains(&act) {
            Ok(())
        } else {
            Err(Refused::SecondFactor(act))
        };
        assert_eq!(may(act, administrator, &[]), expected);
    }
    assert_eq!(
        Refused::SecondFactor(Act::ManageRoles).to_string(),
        "manage-roles needs a second factor that was shown a short while ago: show it again"
    );
    assert_eq!(
        Refused::NoRole(Act::ManageAuthenticationMethods).to_string(),
        "manage-authentication-methods needs one of these roles: global administrator, \
         authentication administrator"
    );
}
