//! Attributes that synchronisation never reads, whatever rules say.

/// Attributes that must never be read, lower case: keys, password hashes and passwords of
/// Active Directory, its extensions and Samba, and what is no text.
const NEVER: &[&str] = &[
    "currentvalue",
    "dbcspwd",
    "initialauthincoming",
    "initialauthoutgoing",
    "jpegphoto",
    "krbprincipalkey",
    "lmpwdhistory",
    "logonhours",
    "ms-ds-consistencyguid",
    "ms-mcs-admpwd",
    "ms-mcs-admpwdhistory",
    "msds-executescriptpassword",
    "msds-keycredentiallink",
    "msds-managedpassword",
    "msds-managedpasswordid",
    "msds-managedpasswordpreviousid",
    "msds-revealedusers",
    "msfve-keypackage",
    "msfve-recoverypassword",
    "mslaps-encrypteddsrmpassword",
    "mslaps-encrypteddsrmpasswordhistory",
    "mslaps-encryptedpassword",
    "mslaps-encryptedpasswordhistory",
    "mslaps-password",
    "mspkiaccountcredentials",
    "mspkidpapimasterkeys",
    "mssfu30password",
    "mstpm-ownerinformation",
    "ntpwdhistory",
    "ntsecuritydescriptor",
    "objectguid",
    "objectsid",
    "photo",
    "priorvalue",
    "pwdhistory",
    "sambalmpassword",
    "sambantpassword",
    "sambapasswordhistory",
    "sidhistory",
    "supplementalcredentials",
    "thumbnailphoto",
    "trustauthincoming",
    "trustauthoutgoing",
    "unicodepwd",
    "unixuserpassword",
    "usercertificate",
    "userpassword",
    "userpkcs12",
    "usersmimecertificate",
];

/// Whether an attribute of that name is never imported: it holds a secret, or no text. The cloud
/// refuses rules with it, and the agent does not ask for it even where a cloud orders it.
pub fn never_imported(attribute: &str) -> bool {
    NEVER.contains(&attribute.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter() {
        for name in NEVER {
            assert_eq!(*name, name.to_ascii_lowercase());
        }
        assert!(never_imported("unicodePwd") && never_imported("MS-MCS-AdmPwd"));
        assert!(!never_imported("mail"));
    }
}
