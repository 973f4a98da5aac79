### What administrators read of the state of writeback.

console-name = Writeback for administrators
console-sign-in-title = Sign in
console-sign-in-lead = For administrators of this organisation.
console-sign-in-hint = The name of your account here, such as petra@example.org. Not an account of your directory: its password has no place on this page.
console-sign-in-name = User name
console-sign-in-password = Password
console-sign-in-button = Sign in
console-sign-in-wrong = The name or the password is not right, or it is not an account of this site alone.
console-sign-in-empty = Type your user name and your password.
console-sign-in-too-many = There were too many tries. Wait a few minutes, and try again.
console-sign-in-busy = That could not be looked at just now. Please try again in a moment.
console-sign-in-first-password = Choose a password of your own first: the one you have was set for you. docs/accounts.md says how.
console-sign-in-disabled = This account is disabled. Ask whoever runs this site.
console-sign-out = Sign out
console-no-role-title = Not for this account
console-no-role = You are signed in, and none of your roles may read reports. A global administrator can give you the role “reports reader”.

doctor-title = How is writeback doing?
doctor-looked = Looked just now, on { $at }.
doctor-again = Look again
doctor-counts = { $faults ->
    [0] No fault
    [one] 1 fault
   *[other] { $faults } faults
  }, { $warnings ->
    [0] no warning
    [one] 1 warning
   *[other] { $warnings } warnings
  }, { $fine } in order.
doctor-status-not-configured = Writeback is not set up: no agent is enrolled.
doctor-status-cannot-connect = No agent is connected: no password can be written at the moment.
doctor-status-switched-off = Writeback is switched off.
doctor-status-trouble = Something keeps passwords from being written.
doctor-status-cannot-tell = Whether writeback works could not be found out.
doctor-status-agent-outdated = Writeback works. An agent has another version than this site.
doctor-status-running-with-warnings = Writeback works. Something should be looked at.
doctor-status-running = Writeback works.
doctor-since = since { $at }
doctor-since-before = since { $at } at least
doctor-seen = What was seen
doctor-remedy = What to do
doctor-type-shell = In a shell:
doctor-type-windows = In PowerShell, as an administrator:
doctor-should-be = Should be so: { $title }.
doctor-page = More: { $page } in the documentation.
doctor-not-reached = Not asked, because something above comes first
doctor-fine = In order
doctor-verdict-fault = Fault
doctor-verdict-warning = Warning
doctor-verdict-could-not-run = Could not be told
doctor-history = What was found before
doctor-history-none = Nothing else was found before.
doctor-history-line = { $from } to { $until }
doctor-on-agents = What only an agent’s machine can see, “writeback doctor” says there.
