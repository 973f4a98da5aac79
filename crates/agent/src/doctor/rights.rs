//! What the agent's account may do to the person's account, from the object itself.

use writeback_ad::{ExtendedRight, Rights};
use writeback_doctor::{Finding, Verdict};

use super::person::Looked;

pub(super) fn findings(of: &Looked<'_>, rights: &Rights) -> Vec<Finding> {
    let reset = rights.grants(ExtendedRight::RESET_PASSWORD, of.token);
    let unlock = rights.may_write("lockoutTime");
    let force = rights.may_write("pwdLastSet");
    let all = reset == Some(true) && unlock && force;
    let cut_off = match rights.inherits_nothing() {
        Some(off) => off && !all,
        // Whoever inherits nothing hides the list itself, too.
        None => !unlock && !force,
    };
    if cut_off {
        let seen = if rights.descriptor.is_some() {
            "the access control list is protected from inheritance"
        } else {
            "not even the access control list may be read, and no attribute written"
        };
        let cause = of.at("rights-inherited", Verdict::Fault).seen("seen", seen);
        let rest = ["right-reset", "right-unlock", "right-force-change"];
        let rest = rest.map(|it| of.not_reached(it, "rights-inherited"));
        return [cause].into_iter().chain(rest).collect();
    }
    let writable = |check, may: bool, attribute| {
        let verdict = if may { Verdict::Fine } else { Verdict::Fault };
        let finding = of.at(check, verdict);
        if may {
            finding
        } else {
            finding.seen("allowedAttributesEffective", format!("without {attribute}"))
        }
    };
    let of_reset = match reset {
        Some(true) => of.at("right-reset", Verdict::Fine),
        Some(false) => of
            .at("right-reset", Verdict::Fault)
            .seen("access control list", "no entry grants it to the account or its groups, or one denies it"),
        None => of
            .at("right-reset", Verdict::CouldNotRun)
            .because("The access control list of this account may not be read, so that the right cannot be seen."),
    };
    vec![
        of.at("rights-inherited", Verdict::Fine),
        of_reset,
        writable("right-unlock", unlock, "lockoutTime"),
        writable("right-force-change", force, "pwdLastSet"),
    ]
}
