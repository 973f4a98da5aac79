# Why nothing was changed.
#
# cause-<id>        what happened and why, to the person
# cause-<id>-next   what the person can do now
# cause-<id>-admin  what the administrator can do about it
#
# A number or a time that is not known comes as the word "unknown".

## The password itself

cause-password-too-short =
    { $minimum ->
        [unknown] This password is too short for your account.
        [one] This password is too short. Your account needs at least { $minimum } character.
       *[other] This password is too short. Your account needs at least { $minimum } characters.
    }
cause-password-too-short-next = Choose a longer one. Four or five words that have nothing to do with each other are long and still easy to remember.
cause-password-too-short-admin =
    { $minimum ->
        [unknown] The account’s password policy asks for more characters. Nothing needs mending.
       *[other] The account’s password policy asks for at least { $minimum } characters. Nothing needs mending.
    }

cause-password-too-long =
    { $maximum ->
        [one] This password is too long. It may have at most { $maximum } character.
       *[other] This password is too long. It may have at most { $maximum } characters.
    }
cause-password-too-long-next = Choose a shorter one.
cause-password-too-long-admin =
    { $maximum ->
        [one] Active Directory takes at most { $maximum } character. Nothing needs mending.
       *[other] Active Directory takes at most { $maximum } characters. Nothing needs mending.
    }

cause-password-not-complex = This password is not varied enough for your organisation’s rules.
cause-password-not-complex-next = Use at least three of these four: small letters, capital letters, digits, and other signs such as a space, a comma or a hyphen.
cause-password-not-complex-admin = The account’s password policy asks for three character classes. Nothing needs mending.

cause-password-contains-name = This password contains your user name or a part of your own name.
cause-password-contains-name-next = Choose one without your name in it.
cause-password-contains-name-admin = The complexity rule refuses parts of the account name and of the display name. Nothing needs mending.

cause-password-in-history =
    { $remembered ->
        [unknown] You have used this password before, and your organisation asks for one that you have not.
        [one] This is your last password. Your organisation asks for a different one.
       *[other] This is one of your last { $remembered } passwords. Your organisation asks for one that is not among them.
    }
cause-password-in-history-next = Choose one that you have never used here, not an old one with a new number at its end.
cause-password-in-history-admin =
    { $remembered ->
        [unknown] The account’s password policy remembers earlier passwords. Nothing needs mending.
       *[other] The account’s password policy remembers { $remembered } passwords. Nothing needs mending.
    }

cause-password-is-current = This is the password that your account has already.
cause-password-is-current-next = You can sign in with it now. If you would rather have another one, choose a different password.
cause-password-is-current-admin = The person typed the password that the account has. Nothing needs mending.

cause-password-too-young =
    { $when ->
        [unknown] Your password was changed only a short time ago. Your organisation’s rules keep a password for a while before it can be changed again.
       *[other] Your password was changed only a short time ago. It can be changed again after { $when }.
    }
cause-password-too-young-next =
    { $when ->
        [unknown] Please try again tomorrow. If you cannot sign in until then, ask your help desk to set a password for you.
       *[other] Please come back after that time. If you cannot sign in until then, ask your help desk to set a password for you.
    }
cause-password-too-young-admin =
    { $when ->
        [unknown] The policy’s minimum password age is not reached. An administrator can set a password at once; with self-service a minimum age of 0 serves people best.
       *[other] The policy’s minimum password age is reached on { $when }. An administrator can set a password at once; with self-service a minimum age of 0 serves people best.
    }

cause-password-banned =
    { $rule ->
        [contains-name] This password contains your name or a part of it, which others would guess.
        [contains-tenant-name] This password contains the name of your organisation or a part of it, which others would guess.
        [too-similar] This password is one of those that others try first, or very close to one.
       *[too-few-points] This password consists mostly of words that others try first.
    }
cause-password-banned-next =
    { $rule ->
        [contains-name] Choose one without your name. Writing it with numbers or signs for letters does not help.
        [contains-tenant-name] Choose one without that name. Writing it with numbers or signs for letters does not help.
        [too-similar] Choose an entirely different one, such as several words that have nothing to do with each other. Numbers or signs for letters do not help.
       *[too-few-points] Add some words that have nothing to do with each other. Numbers or signs for letters do not help.
    }
cause-password-banned-admin = The password was refused by the rule { $rule } of banned passwords, before anything was written. Nothing needs mending. “writeback admin banned check” tells what a password would be refused for.

cause-history-or-filter = Your organisation’s directory refused this password and did not say by which rule. It is long and varied enough. Most likely you have used it before, or it contains a word that is not allowed.
cause-history-or-filter-next = Choose an entirely different one: not a variation of an old password, and without the name of your organisation, the season or the year.
cause-history-or-filter-admin = The domain controller answered with its general password error although length, age and complexity are met. What is left is the password history, or a password filter on the domain controller; the filter’s own log names the rule.

cause-password-unusable = This password contains a character that cannot be part of a password.
cause-password-unusable-next = Type it by hand instead of pasting it. Letters, digits, spaces and the usual signs always work.
cause-password-unusable-admin = The password holds a character that Active Directory cannot store. Nothing needs mending.

cause-wrong-current-password = The current password that you typed is not right.
cause-wrong-current-password-next = Type it once more. If you have forgotten it, reset it with a code instead.
cause-wrong-current-password-admin = The current password was wrong; the directory counts it as a failed sign-in. Nothing needs mending.

## The account

cause-account-disabled = Your account is switched off.
cause-account-disabled-next = Ask your help desk to switch it on. A new password would not help before that.
cause-account-disabled-admin = The account is disabled. Enable it, if the person should work with it.

cause-account-locked = Your account is locked, because a wrong password was used too often.
cause-account-locked-next = Wait a while, or ask your help desk to unlock it. Look for a phone or a tablet that still tries an old password.
cause-account-locked-admin = The account is locked out. Unlock it, or let the lockout time pass.

cause-account-expired = Your account has reached its end date.
cause-account-expired-next = Ask your manager or your help desk to extend it. A new password would not help before that.
cause-account-expired-admin = accountExpires lies in the past. Set a later date, if the person should work with the account.

cause-cannot-change-password = Your account is set up so that its password cannot be changed by the person who uses it.
cause-cannot-change-password-next = Ask your help desk to set a password for you.
cause-cannot-change-password-admin = The account is marked “user cannot change password”. Remove the mark to allow self-service.

cause-protected-account =
    { $by ->
        [admin-count] Your account has, or once had, administrator rights. Such accounts are never reset through this page.
        [protected-group] Your account has administrator rights. Such accounts are never reset through this page.
        [well-known-account] This is a built-in account of the directory. Such accounts are never reset through this page.
        [agent-account] This account belongs to the reset service itself and is never reset through this page.
       *[not-an-ordinary-user] This account belongs to a computer or a program, not to a person. Such accounts are never reset through this page.
    }
cause-protected-account-next = Ask an administrator of your organisation to set a password.
cause-protected-account-admin =
    { $by ->
        [admin-count] adminCount is 1 on the account: it is, or once was, in a protected group. If it no longer is, clear adminCount and let the account inherit permissions again. This guard cannot be switched off.
        [protected-group] The account is a member, directly or through groups, of a protected group. Set its password by hand. This guard cannot be switched off.
        [well-known-account] It is a built-in account, such as Administrator or krbtgt. Set its password by hand. This guard cannot be switched off.
        [agent-account] It is the agent’s own account. Set its password by hand and tell the agent. This guard cannot be switched off.
       *[not-an-ordinary-user] It is a computer, a trust or a managed service account. This guard cannot be switched off.
    }

cause-out-of-scope = This page is not set up to reset accounts like yours.
cause-out-of-scope-next = Ask your help desk to set a password for you.
cause-out-of-scope-admin = The account lies outside the part of the directory that the agent’s configuration allows. Widen the agent’s scope, if people there should reset passwords themselves.

cause-object-not-found = Your account is no longer in your organisation’s directory. It may have been moved or removed.
cause-object-not-found-next = Ask your help desk what became of it.
cause-object-not-found-admin = No object in the forest carries the source anchor that was imported. Look in the Recycle Bin of the directory, and run an import.

cause-anchor-not-unique = Two accounts in your organisation’s directory carry the same identity, so that we cannot be sure which one is yours. Neither was touched.
cause-anchor-not-unique-next = Tell your help desk. An administrator has to tell the two apart.
cause-anchor-not-unique-admin = More than one object carries this source anchor. Clear or correct the anchor attribute of all but one, and run an import.

## Rights

cause-access-denied = The reset service is not permitted to change your account.
cause-access-denied-next = Tell your help desk the code below. It is a matter of settings, not of your password.
cause-access-denied-admin =
    { $right ->
        [reset-password] The agent’s account lacks the right “Reset Password” on this object. Grant it on the organisational unit for user objects, and check that the object inherits permissions.
        [change-password] The person lacks the right “Change Password” on their own object. Grant it to SELF, and check that the object inherits permissions.
        [write-lockout-time] The agent’s account may not write lockoutTime on this object. Grant it on the organisational unit for user objects, and check that the object inherits permissions.
        [write-pwd-last-set] The agent’s account may not write pwdLastSet on this object. Grant it on the organisational unit for user objects, and check that the object inherits permissions.
       *[read] The agent’s account may not read this object. Grant read access on the organisational unit, and check that the object inherits permissions.
    }

cause-agent-credentials-refused = The reset service cannot sign in to your organisation’s directory at the moment.
cause-agent-credentials-refused-next = Tell your help desk the code below. Only an administrator can mend this.
cause-agent-credentials-refused-admin = The directory no longer takes the agent’s own credentials. Check that its account is enabled, not locked and not expired, and give the agent its current password.

## The directory

cause-pdc-emulator-unreachable = The server that takes new passwords in your organisation cannot be reached at the moment.
cause-pdc-emulator-unreachable-next = Try again in a few minutes. If it is still like this, tell your help desk the code below.
cause-pdc-emulator-unreachable-admin = The domain controller with the PDC emulator role did not answer on port 636. Check that it runs, that DNS names it under _ldap._tcp.pdc._msdcs, and that the agent’s network may reach it.

cause-certificate-refused = The server that takes new passwords in your organisation could not prove that it is the right one. To be safe, nothing was sent to it.
cause-certificate-refused-next = Tell your help desk the code below. Only an administrator can mend this.
cause-certificate-refused-admin = The domain controller’s certificate is expired, not trusted by the agent, or does not carry the controller’s name. Renew it, or add the issuing authority to the agent’s trust.

cause-policy-hints-unsupported = Your organisation’s directory cannot check a new password against your earlier ones, and your organisation does not permit resets without that check.
cause-policy-hints-unsupported-next = Ask your help desk to set a password for you.
cause-policy-hints-unsupported-admin = The domain controller does not offer the policy-hints control. Windows Server 2016 and Samba 4.24 have it. Update the controller, or permit resets without history in the forest’s settings.

cause-directory-busy = Your organisation’s directory is busy or restarting.
cause-directory-busy-next = Try again in a few minutes. If it is still like this, tell your help desk the code below.
cause-directory-busy-admin = The domain controller answered that it is busy or shutting down. Look at its load and its event log.

cause-directory-refused = Your organisation’s directory refused the change for a reason that we do not know.
cause-directory-refused-next = Tell your help desk the code below. With it they can find the reason.
cause-directory-refused-admin =
    { $adcode ->
        [unknown] The domain controller answered LDAP result { $ldapcode } without a further code. Its event log at that time says more.
       *[other] The domain controller answered LDAP result { $ldapcode }, Active Directory code { $adcode }. Its event log at that time says more.
    }

## The way there

cause-no-agent = The connection to your organisation’s network is down at the moment.
cause-no-agent-next = Try again in a few minutes. If it is still like this, tell your help desk the code below.
cause-no-agent-admin = No agent of the forest is connected. Check that the service runs and that it can reach the cloud on port 443; run “writeback doctor” on its machine.

cause-not-started-in-time = Your organisation’s network did not answer in time. Your request has been called off: it will not be carried out later either.
cause-not-started-in-time-next = Try again. If it happens once more, tell your help desk the code below.
cause-not-started-in-time-admin = No agent began before the request expired. It never ran. Check the agents’ connection and load.

cause-seal-key-unknown = Your new password was locked with a key that has just been replaced, so that nobody could open it.
cause-seal-key-unknown-next = Try again. The new key is used from now on.
cause-seal-key-unknown-admin = The password was sealed to a key that the agent no longer has. A single case follows a change of keys. If it repeats, have all keys made anew: `writeback admin writeback disable`, then `writeback admin writeback enable`. Nothing is lost by it.

cause-seal-broken = Your new password did not arrive whole, and was thrown away.
cause-seal-broken-next = Try again. If it happens once more, tell your help desk the code below.
cause-seal-broken-admin = The sealed password was damaged, or bound to another request. If it repeats, look for a proxy that changes traffic between the cloud and the agent.

cause-journal-unwritable = The reset service could not take down what it was about to do, and so it did not begin.
cause-journal-unwritable-next = Tell your help desk the code below. Only an administrator can mend this.
cause-journal-unwritable-admin = The agent cannot write its journal. Check free space and permissions of its state folder.

cause-forest-not-served = The reset service that answered does not look after the part of the directory that your account is in.
cause-forest-not-served-next = Tell your help desk the code below. Only an administrator can mend this.
cause-forest-not-served-admin = The agent’s configuration names another forest or domain than the account’s. Install an agent in the account’s forest, or correct the configuration.

cause-writeback-disabled = Your organisation has switched off resetting passwords here.
cause-writeback-disabled-next = Ask your help desk to set a password for you.
cause-writeback-disabled-admin = Writeback is switched off for this tenant or forest. Switch it on, if people should reset passwords themselves: `writeback admin writeback enable`.

cause-agent-disabled = Setting passwords is switched off in your organisation’s network at the moment.
cause-agent-disabled-next = Try again later. If you need it now, ask your help desk to set a password for you.
cause-agent-disabled-admin = Writeback is switched off on the machines of the agents that are connected. Switch it on there: `writeback agent writeback enable`.

cause-internal = Something went wrong on our side before anything was written.
cause-internal-next = Try again. If it happens once more, tell your help desk the code below.
cause-internal-admin = An error inside the software; nothing was written. The log carries the request’s reference.
