//! Where a code may be sent.

/// A directory attribute that holds mail addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryAttribute {
    /// `otherMailbox`: addresses outside the company.
    OtherMailbox,
    /// `mail`: the company's own mailbox. Reading it may take the very password that is
    /// forgotten, so that it is used only where an operator says so.
    Mail,
}

/// The addresses a code goes to: those of the first attribute that has any.
pub fn recovery_addresses(
    attributes: &[RecoveryAttribute],
    other_mailbox: &[String],
    mail: Option<&str>,
) -> Vec<String> {
    attributes
        .iter()
        .map(|attribute| match attribute {
            RecoveryAttribute::OtherMailbox => other_mailbox.to_vec(),
            RecoveryAttribute::Mail => mail.map(str::to_owned).into_iter().collect(),
        })
        .find(|addresses: &Vec<String>| !addresses.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{RecoveryAttribute::*, *};

    #[test]
    fn the_company_mailbox_is_used_only_where_it_is_allowed() {
        let other = vec!["ann@home.example".to_owned()];
        let mail = Some("ann@corp.test");
        assert_eq!(
            recovery_addresses(&[OtherMailbox, Mail], &other, mail),
            other
        );
        assert_eq!(
            recovery_addresses(&[OtherMailbox], &[], mail),
            Vec::<String>::new()
        );
        assert_eq!(
            recovery_addresses(&[OtherMailbox, Mail], &[], mail),
            ["ann@corp.test"]
        );
    }
}
