//! This person may not, here and now.

use askama::Template;
use writeback_policy::access::PortalCode;

use super::frame::{Frame, Place, StepState};

/// Says that a rule of the organisation, or what is known of the person, is against it.
#[derive(Template)]
#[template(path = "portal/refused.html")]
pub struct RefusedPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// The code that help desks know.
    pub code: PortalCode,
    /// The rule's reason, in kebab case.
    pub reason: &'a str,
    /// A sentence of the organisation's own.
    pub note: Option<&'a str>,
    /// The path of the page it stands in for.
    pub path: &'static str,
}

impl RefusedPage<'_> {
    fn what(&self) -> String {
        self.frame.t(match self.code {
            PortalCode::ResetDisabled => "refused-reset-disabled",
            PortalCode::WritebackDisabled => "cause-writeback-disabled",
            PortalCode::NotInPolicy => "refused-not-in-policy",
            PortalCode::NotLicensed => "refused-not-licensed",
            PortalCode::NotInGroup => "refused-not-in-group",
            PortalCode::NotRegistered => "refused-not-registered",
            PortalCode::OnPremisesConfiguration => "refused-on-premises",
            PortalCode::OnPremisesConnectivity => "refused-not-connected",
        })
    }

    fn next(&self) -> String {
        self.frame.t(match self.code {
            PortalCode::OnPremisesConnectivity => "refused-next-later",
            PortalCode::NotRegistered => "refused-next-register",
            _ => "refused-next",
        })
    }

    fn desk(&self) -> Vec<(String, String)> {
        vec![
            (self.frame.t("desk-code"), self.code.to_string()),
            (self.frame.t("desk-cause"), self.reason.to_owned()),
        ]
    }
}

impl Place for RefusedPage<'_> {
    fn path(&self) -> &'static str {
        self.path
    }
}
