//! When a call cannot be answered.

use askama::Template;

use super::frame::{Frame, Place, StepState};

/// Says why a call was not answered, and that nothing was done.
#[derive(Template)]
#[template(path = "portal/error.html")]
pub struct ErrorPage<'a> {
    /// What stands around it.
    pub frame: Frame<'a>,
    /// Why.
    pub kind: ErrorKind<'a>,
}

/// Why a call was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind<'a> {
    /// 404: there is no such page.
    NotFound,
    /// 400: the form of another site, or of an older page.
    ForeignForm,
    /// 400: the form did not arrive whole.
    Broken,
    /// 413: larger than any form of ours.
    TooLarge,
    /// 500: our own fault.
    Internal {
        /// What the log is searched for.
        reference: Option<&'a str>,
    },
    /// 503: nothing can be kept.
    Unwritable {
        /// What the log is searched for.
        reference: &'a str,
    },
    /// 503: no tenant was made yet.
    NotSetUp,
    /// 503: the tenant is disabled.
    TenantDisabled,
}

impl ErrorPage<'_> {
    const fn title_key(&self) -> &'static str {
        match self.kind {
            ErrorKind::NotFound => "error-not-found-title",
            ErrorKind::ForeignForm => "error-foreign-form-title",
            ErrorKind::Broken => "error-broken-title",
            ErrorKind::TooLarge => "error-too-large-title",
            ErrorKind::Internal { .. } => "error-internal-title",
            ErrorKind::Unwritable { .. } => "error-unwritable-title",
            ErrorKind::NotSetUp => "error-not-set-up-title",
            ErrorKind::TenantDisabled => "error-tenant-disabled-title",
        }
    }

    const fn text_key(&self) -> &'static str {
        match self.kind {
            ErrorKind::NotFound => "error-not-found",
            ErrorKind::ForeignForm => "error-foreign-form",
            ErrorKind::Broken => "error-broken",
            ErrorKind::TooLarge => "error-too-large",
            ErrorKind::Internal { .. } => "error-internal",
            ErrorKind::Unwritable { .. } => "error-unwritable",
            ErrorKind::NotSetUp => "error-not-set-up",
            ErrorKind::TenantDisabled => "error-tenant-disabled",
        }
    }

    fn desk(&self) -> Vec<(String, String)> {
        match self.kind {
            ErrorKind::Internal {
                reference: Some(reference),
            }
            | ErrorKind::Unwritable { reference } => {
                vec![(self.frame.t("desk-reference"), reference.to_owned())]
            }
            _ => Vec::new(),
        }
    }
}

impl Place for ErrorPage<'_> {
    fn path(&self) -> &'static str {
        "/"
    }
}
