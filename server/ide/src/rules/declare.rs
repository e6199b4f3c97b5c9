//! How a rule is declared: its code, weight and manual page in one place, or it does not compile.

use super::bus::BusContext;
use super::line::LineContext;
use super::unit::UnitContext;
use crate::diagnostic::Severity;

/// A rule with its manual page.
#[derive(Debug)]
pub struct Rule {
    /// The code that findings carry and that comments and settings name.
    pub code: &'static str,
    /// What it is about.
    pub category: Category,
    /// The weight of most of its findings; some weigh less, as the page says.
    pub severity: Severity,
    /// The systemd from which it matters.
    pub since: Since,
    /// Whether findings come with a repair.
    pub fix: FixAvailability,
    /// The manual page, in Markdown.
    pub page: &'static str,
    pub(crate) check: Check,
}

/// What rules are about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Category {
    /// Lines that systemd cannot read.
    Syntax,
    /// Values that systemd does not take, or not as meant.
    Value,
    /// Sockets, buses and what they start.
    SocketActivation,
    /// When a service counts as started.
    TypeReadiness,
    /// What happens when a service ends.
    RestartPolicy,
    /// How often it may start.
    StartLimit,
    /// What a unit needs, and in which order units start.
    OrderingDependency,
    /// Timers and what they start.
    Timer,
    /// Paths and what they start.
    Path,
    /// What is enabled, and where.
    Install,
    /// Command lines.
    ExecCommand,
    /// What drop-ins change.
    DropIn,
    /// What a sandbox or a user keeps from working.
    Security,
    /// Differences between versions of systemd.
    Portability,
}

impl Category {
    /// The name that pages and listings use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Value => "value",
            Self::SocketActivation => "socket-activation",
            Self::TypeReadiness => "type-readiness",
            Self::RestartPolicy => "restart-policy",
            Self::StartLimit => "start-limit",
            Self::Timer => "timer",
            Self::Path => "path",
            Self::Install => "install",
            Self::OrderingDependency => "ordering-dependency",
            Self::ExecCommand => "exec-command",
            Self::DropIn => "drop-in",
            Self::Security => "security",
            Self::Portability => "portability",
        }
    }
}

/// The systemd from which a rule matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// Every version in use.
    Always,
    /// This release and later ones.
    Version(u16),
}

/// Whether findings come with a repair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FixAvailability {
    /// Never.
    None,
    /// When the repair is mechanical.
    Sometimes,
    /// Always.
    Always,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// One line with its section; nothing else may matter, so that findings outlive edits elsewhere.
    Line(fn(&mut LineContext<'_, '_>)),
    /// The effective unit and its neighbours.
    Unit(fn(&mut UnitContext<'_>)),
    /// Effective units, and D-Bus activation files.
    UnitAndBus(fn(&mut UnitContext<'_>), fn(&mut BusContext<'_>)),
    /// The comments that allow findings, once all others are known.
    Allows,
}

/// Declares a rule. The doc comment is its manual page and must hold the sections that every page has.
macro_rules! declare_rule {
    (
        $(#[doc = $line:literal])+
        $name:ident {
            code: $code:literal,
            category: $category:ident,
            severity: $severity:ident,
            since: $since:expr,
            fix: $fix:ident,
            check: $check:expr $(,)?
        }
    ) => {
        $(#[doc = $line])+
        pub(crate) static $name: $crate::rules::Rule = {
            const PAGE: &str = concat!($($line, "\n"),+);
            const {
                $crate::rules::declare::require_sections(PAGE);
            }
            #[allow(unused_imports)]
            use $crate::rules::{Check::{Allows, Line, Unit, UnitAndBus}, Since::{Always, Version}};
            $crate::rules::Rule {
                code: $code,
                category: $crate::rules::Category::$category,
                severity: $crate::diagnostic::Severity::$severity,
                since: $since,
                fix: $crate::rules::FixAvailability::$fix,
                page: PAGE,
                check: $check,
            }
        };
    };
}
pub(crate) use declare_rule;

/// Fails the build when a page lacks one of its sections.
pub(crate) const fn require_sections(page: &str) {
    assert!(holds(page, " ## What it does\n"), "the page needs: ## What it does");
    assert!(holds(page, " ## Why it bites\n"), "the page needs: ## Why it bites");
    assert!(holds(page, " ## Example\n"), "the page needs: ## Example");
    assert!(holds(page, " ## Use instead\n"), "the page needs: ## Use instead");
    assert!(holds(page, " ## Silent when\n"), "the page needs: ## Silent when");
    assert!(holds(page, " ## Source\n"), "the page needs: ## Source");
    assert!(holds(page, " ```ini"), "the page needs an example of unit files: ```ini NAME");
}

const fn holds(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let mut at = 0;
    while at + part.len() <= text.len() {
        let mut same = 0;
        while same < part.len() && text[at + same] == part[same] {
            same += 1;
        }
        if same == part.len() {
            return true;
        }
        at += 1;
    }
    false
}

impl Rule {
    /// The manual page as users read it: doc comment indentation removed, no heading of its own.
    pub fn page_text(&self) -> String {
        let lines = self.page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }
}
