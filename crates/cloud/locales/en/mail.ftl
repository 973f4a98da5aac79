# The mails.

mail-help-line = This mail was written by a program; nobody reads answers to it. Please turn to your help desk.
mail-sender = { $tenant } · Password reset

mail-code-subject = Your code to reset your password
mail-code-intro = Somebody, probably you, asked to reset the password of { $name } at { $tenant }. This is the code:
mail-code-valid =
    { $minutes ->
        [one] It is good for { $minutes } minute. Type it on the page that is waiting for it.
       *[other] It is good for { $minutes } minutes. Type it on the page that is waiting for it.
    }
mail-code-not-you = If that was not you, your password is safe: without this code nobody gets any further. Please tell your help desk all the same.
mail-code-secret = Nobody will ever ask you for this code: no colleague, no help desk, no caller. Type it on the page and tell it to no one.

mail-sign-in-code-subject = Your code to confirm that it is you
mail-sign-in-code-intro = { $name } at { $tenant } is signed in, and is about to do something that needs a second proof. This is the code:
mail-sign-in-code-valid =
    { $minutes ->
        [one] It is good for { $minutes } minute.
       *[other] It is good for { $minutes } minutes.
    }
mail-sign-in-code-secret = Nobody will ever ask you for this code: no colleague, no help desk, no caller.
mail-sign-in-code-not-you = If that was not you, somebody else knows your password. Change it now, sign out everywhere and tell your help desk.

mail-changed-subject = Your password was changed
mail-changed-intro = The password of your account at { $tenant } was changed on { $time }.
mail-changed-you = If that was you, all is well. Put the new password into your phone and tablet soon; a device that keeps trying the old one can lock your account.
mail-changed-not-you = If that was not you, call your help desk at once. Somebody else may have your account and this mailbox or another one of yours.

mail-unlocked-subject = Your account was unlocked
mail-unlocked-intro = Your account at { $tenant } was locked, and was unlocked on { $time }. Its password is as it was.
mail-not-locked-subject = Somebody asked to unlock your account
mail-not-locked-intro = On { $time } somebody, probably you, asked to unlock your account at { $tenant }. It was not locked, and nothing was changed.
mail-unlocked-you = If that was you, all is well. If it is locked again, look for a phone or a tablet that keeps trying an old password.
mail-unlocked-not-you = If that was not you, call your help desk at once. Somebody else can read this mailbox or another one of yours.

mail-administrator-changed-subject = An administrator’s password was changed
mail-administrator-changed-intro = The password of { $name }, who holds an administrator’s role at { $tenant }, was changed on { $time }. The other administrators are told so.
mail-administrator-changed-not-them = Ask them whether it was them. If it was not, disable the account and sign it out everywhere.

mail-outcome-known = You asked to reset your password at { $tenant }, and for a while we could not tell how it ended. On { $time } we learnt it from your organisation’s directory.
mail-outcome-changed = Your password was changed. Use the new one from now on.
mail-outcome-not-changed-subject = Your password was not changed
mail-outcome-not-changed = Your password was not changed, and it will not be changed later by that request. Your old one still holds.
mail-outcome-unlock-known = You asked to unlock your account at { $tenant }, and for a while we could not tell how it ended. On { $time } we learnt it from your organisation’s directory.
mail-outcome-unlock-subject = Your account was unlocked
mail-outcome-unlock-done = Your account was unlocked. Its password is as it was.
mail-outcome-not-unlocked-subject = Your account was not unlocked
mail-outcome-not-unlocked = Your account was not unlocked, and it will not be unlocked later by that request. Its password is as it was.
mail-outcome-desk = For your help desk: { $codes }
