//! Rule: a comment that allows what is not there.

use super::declare::declare_rule;

declare_rule! {
    /// ## What it does
    /// Finds comments `# unitls: allow(…)` that silence nothing: because the rule does not speak there, because there is no
    /// rule of that name, or because nothing stands below.
    ///
    /// ## Why it bites
    /// Such a comment says that something odd is on purpose here. Once that is gone, it misleads whoever reads it, and
    /// would hide the finding when it comes back for another reason. With a slip in the code it never worked.
    ///
    /// A comment allows rules for what stands right below it: one assignment, or a section when that is its header.
    /// Before the first section it allows them in the whole file. Behind the parenthesis there is room for a reason.
    ///
    /// ## Example
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// # unitls: allow(start-limit-unreachable): it must come back
    /// Restart=on-failure
    /// ```
    ///
    /// ## Use instead
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// Restart=on-failure
    /// # unitls: allow(start-limit-unreachable): it must come back
    /// RestartSec=5s
    /// ```
    ///
    /// ## Silent when
    /// The comment silences something, or allows `unused-allow` itself. While the unit cannot be judged as a whole, only
    /// codes that no rule has are reported.
    ///
    /// ## Source
    /// The comments are ours; systemd takes them for what they are (`systemd.syntax(7)`).
    UNUSED_ALLOW {
        code: "unused-allow",
        category: Syntax,
        severity: Hint,
        since: Always,
        fix: Sometimes,
        check: Allows,
    }
}
