# The pages of the portal.

## On every page

page-name = Password reset
page-skip = Skip to the content
page-language = Language
page-error = Error
page-back-to-start = Back to the start
page-try-again = Try again
page-account = Account
page-account-other = Not you?
page-what-happened = What happened
page-what-next = What to do next
page-help = Stuck? Your help desk can help. Nobody will ever ask you for your code or your password, and neither will your help desk.
page-help-contact = Your help desk: { $contact }

## How far one is

steps-label = Step { $step } of { $steps }
steps-name = Who you are
steps-code = Prove it
steps-password = New password
steps-unlock = Unlocking
steps-done = Done
steps-completed = completed

## Times

# A moment, told in the time zone of the organisation.
time-moment = { $day } { $month } { $year }, { $hour }:{ $minute } ({ $zone })
time-wait-minutes =
    { $count ->
        [one] in { $count } minute
       *[other] in { $count } minutes
    }
time-wait-hours =
    { $count ->
        [one] in { $count } hour
       *[other] in { $count } hours
    }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## Who you are

start-title = Reset your password
start-lead = Forgotten your password, or locked out? Set a new one here. It takes a few minutes and a look into your recovery mailbox.
start-label = User name
start-hint = The name you sign in with at work, such as alice or alice@corp.test
start-button = Continue
start-error-empty = Type your user name. Letters, digits and the usual signs are enough.
start-error-too-long = That is longer than a user name can be. Type only the name you sign in with.
start-error-full-name = More than one part of your organisation could have that name. Type your full user name, such as alice@corp.test.
start-error-too-many = There were too many tries. You can try again { $wait }.

## Not possible now

unavailable-title = Resetting is not possible right now
unavailable-untouched = Your password was not touched.

## Prove it

code-title = Check your mail
code-lead = If that name belongs to an account that can be reset here, we have sent a code to the recovery address on file.
code-valid =
    { $minutes ->
        [one] The code is good for { $minutes } minute. Mail can take a moment; look among the unwanted mail too.
       *[other] The code is good for { $minutes } minutes. Mail can take a moment; look among the unwanted mail too.
    }
code-label = Code from the mail
code-hint = Six digits. Spaces do not matter.
code-button = Continue
code-resend-question = No mail yet?
code-resend-button = Send a new code
code-resent = If that name belongs to an account that can be reset here, a new code is on its way. Only the newest code counts.
code-error-empty = Type the six digits from the mail.
code-error-wrong =
    { $left ->
        [one] That is not the code. Compare it with the newest mail; you have { $left } try left.
       *[other] That is not the code. Compare it with the newest mail; you have { $left } tries left.
    }
code-error-expired = That code is too old. Have a new one sent.
code-error-exhausted = That was one wrong code too many, so that the code no longer counts. Have a new one sent.
code-error-too-many = There were too many tries. You can try again { $wait }.

## New password

password-title = Choose a new password
password-rules = What your new password needs
password-rule-length =
    { $minimum ->
        [one] At least { $minimum } character
       *[other] At least { $minimum } characters
    }
password-rule-complex = Three of these four: small letters, capital letters, digits, other signs
password-rule-name = Nothing of your user name or your own name
password-rule-history =
    { $remembered ->
        [one] Not your last password
       *[other] None of your last { $remembered } passwords
    }
password-tip = Four or five words that have nothing to do with each other are easy to remember and hard to guess.
password-history-not-enforced = Nothing here can check whether you have used a password before. Please choose one that you have not.
password-new-label = New password
password-again-label = The same password again
password-button = Set the new password
password-patience = This can take a few seconds. Please press only once.
password-error-empty = Type a new password.
password-error-mismatch = The two passwords are not the same. Type it again in both places.
password-error-too-many = Too many passwords were tried for this account. You can try again { $wait }.
password-error-not-sealed = The password did not arrive encrypted, so it was not taken and nothing was changed. Please load this page again and type it here.
password-error-not-sent = The password could not be sent, and nothing was changed. Look whether you are online, and try again.
password-busy = One moment, please …
password-needs-script = This step needs JavaScript
password-needs-script-why = Your new password is encrypted on this device before it is sent, so that only your organisation can read it. A page can do that with a script only, in a current browser.
password-needs-script-next = Switch JavaScript on and load this page again, or begin again in another browser. Nothing was changed.
password-refused = Not changed yet
password-refused-still = Your old password still holds. You can try another one at once.

## Unlock, and keep the password

unlock-hint = You know your password, and your account is only locked?
unlock-question = You know your password?
unlock-lead = After too many wrong tries an account is locked for a while. It can be unlocked now; your password stays as it is.
unlock-button = Unlock my account
unlock-error-too-many = Unlocking was asked for too often for this account. You can try again { $wait }.

## The outcome is not known yet

progress-writing-title = Your new password is being written
progress-unlocking-title = Your account is being unlocked
progress-writing-lead = This takes a few seconds. Please leave this page open.
progress-unknown-title = We don’t know yet
progress-unknown-lead = We do not know yet whether your password was changed. Please assume neither.
progress-unknown-why = Your new password was on its way when the connection broke. Your organisation’s directory knows the answer, and we keep asking it.
progress-unknown-page = This page updates by itself. You can leave it open.
progress-unknown-mail = You may also close it: as soon as we know, we send you a mail.
progress-unknown-retry = Please do not start another reset until then.
progress-unknown-unlock-lead = We do not know yet whether your account was unlocked. Please assume neither.
progress-unknown-unlock-why = Your account was about to be unlocked when the connection broke. Your organisation’s directory knows the answer, and we keep asking it. Your password is as it was.
progress-unknown-unlock-retry = Please do not start again until then.
progress-check = Check now

## Done

done-title = Your password was changed
done-lead = Your organisation’s directory has accepted your new password. Use it from now on.
done-next = What to do now
done-phone-title = Phone and tablet
done-phone = Put in the new password there soon. A device that keeps trying the old one can lock your account.
done-away-title = A computer away from the office
done-away = It knows only your old password until it meets the office network again. Sign in with the old one, connect (by VPN, for example), then lock and unlock it with the new one.
done-old-title = The old password
done-old = For up to an hour some services may still take the old one. That is normal and passes by itself.
done-close = You can close this page now.

## Unlocked

unlocked-title = Your account is unlocked
unlocked-lead = Your password is as it was. Sign in with it now.
unlocked-not-locked-title = Your account was not locked
unlocked-not-locked-lead = There was nothing to unlock, and nothing was changed. If you cannot sign in, the password that you type is most likely not the one that your account has.
unlocked-device-title = Phone and tablet
unlocked-device = Look for a device that still has an old password. One that keeps trying it locks your account again.
unlocked-refused-title = Still not let in?
unlocked-refused = Then your account has another password than the one you type. Stop trying before it is locked again, and set a new one.
unlocked-password-button = Set a new password
unlocked-close = If you can sign in, you can close this page now.

remark-unlocked = Your account was locked. It no longer is.
remark-still-locked = The new password is set, but your account is still locked, and unlocking it failed. Ask your help desk to unlock it.
remark-history-not-enforced = Nothing could check whether you have used this password before. If you have, please change it to a new one soon.
remark-must-change-at-sign-in = You will be asked to choose another password when you sign in next.
remark-learnt-from-receipt = The connection broke on the way. We looked the result up in the directory’s own records, so it is certain.
remark-force-change-not-set = You should have been asked for another password when you sign in next; this could not be set up. Please change it yourself.

## Not changed

not-changed-title = Your password was not changed
not-changed-lead = Your old password still holds.
not-changed-another = Choose another password
not-unlocked-title = Your account was not unlocked
not-unlocked-lead = Nothing was changed. Your password is as it was.

## Not allowed

refused-title = You cannot reset your password here
refused-reset-disabled = Your organisation does not let passwords be reset on this page.
refused-not-in-policy = Your organisation has not opened this page to your account.
refused-not-licensed = Your account has no licence for resetting passwords.
refused-not-in-group = Your account is in none of the groups whose members may reset their passwords here.
refused-not-registered = Too little is registered for you to prove who you are: your organisation asks for more than you have, or for a way that is not offered here.
refused-on-premises = Something has to be put right in your organisation’s directory before your password can be reset.
refused-not-connected = Your organisation’s directory cannot be reached at the moment.
refused-next = Ask your help desk to set a password for you, and tell them the code below.
refused-next-later = Try again in a few minutes. If it stays like this, tell your help desk the code below.
refused-next-register = Ask your help desk to set a password for you. Afterwards, have more ways registered to prove who you are.

## For the help desk

desk-title = For your help desk
desk-code = Code
desk-event = Event
desk-cause = Cause
desk-reference = Reference

## The session ended

ended-title = Please start again
ended-lead = For your safety a reset ends after { $minutes } minutes, or when the browser is closed. This page belongs to one that has ended.
ended-changed = If you had not sent a new password yet, nothing was changed. If you had, look into your mail: when your password was changed, you are told there.
ended-cookies = If you see this right after starting, let your browser accept cookies from this site.
ended-button = Start again

## When something is wrong

error-not-found-title = There is no such page
error-not-found = The address may be mistyped, or the link old.
error-foreign-form-title = That form was not ours
error-foreign-form = The form did not come from the page that you have open here. To be safe, nothing was done with it. Please start again from this site’s own page.
error-broken-title = The form did not arrive whole
error-broken = Nothing was done with it. Please go back and send it again.
error-too-large-title = That was too much text
error-too-large = The form was larger than anything that belongs into it. Nothing was done with it. Please go back and try again with less.
error-internal-title = Something went wrong on our side
error-internal = It is not your fault. If you were just setting a new password, assume neither that it was changed nor that it was not: a mail tells you when it was. Otherwise nothing was changed.
error-unwritable-title = Not possible at the moment
error-unwritable = This site cannot store anything at the moment, so what you just sent was not taken, and nothing was changed by it. Please try again in a few minutes. If it stays like this, tell your help desk.
error-not-set-up-title = Not set up yet
error-not-set-up = This site is running, but no organisation has been set up on it. Its operator has to do that first.
error-tenant-disabled-title = Switched off for your organisation
error-tenant-disabled = This service is switched off for your organisation at the moment, so that no password can be reset here. If you had not sent a new password yet, nothing was changed. Please ask your help desk.
