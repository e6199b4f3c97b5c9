//! `cargo xtask oracle`: holds our verdicts on values against those of real systemd, recorded or asked afresh.

mod ask;
mod samples;
mod table;
mod tally;

use std::path::PathBuf;
use std::process::ExitCode;

use unit_catalog::{Directive, Version};
use unit_ide::value::{ValueContext, Verdict, verdict};
use unit_ide::workspace::UnitName;

use self::tally::Comparison;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Compare with recorded verdicts instead: a file of server/ide/tests/oracle, or lines of unit's name, section, key,
    /// value, and one verdict for each of 252, 257 and 262, separated by tabs
    #[arg(long)]
    table: Option<PathBuf>,
    /// Look at these kinds of value only, by their names in the catalog
    #[arg(long, value_delimiter = ',')]
    kind: Vec<String>,
    /// Show so many disagreements
    #[arg(long, default_value_t = 40)]
    show: usize,
    /// Fail when less than so many percent of the verdicts agree
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    at_least: f64,
    /// Fail when more than so many percent of the verdicts are false alarms
    #[arg(long, value_name = "PERCENT", default_value_t = 100.0)]
    at_most_false: f64,
    /// The systemd-analyze to ask: a program and its first arguments, such as `chroot DIR systemd-analyze`
    #[arg(long, value_name = "COMMAND", default_value = "systemd-analyze")]
    systemd_analyze: String,
    /// The folder that is `/` to that program
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
    /// Ask about so many values of each key
    #[arg(long, default_value_t = 40)]
    values: usize,
    /// Ask about other values
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// An assignment to judge.
struct Assignment {
    /// The unit that it stands in, whose name specifiers stand for.
    unit: UnitName,
    directive: &'static Directive,
    value: String,
}

impl Assignment {
    /// What we say of it.
    fn verdict(&self, version: Version) -> Verdict {
        let (directive, unit_type, unit) = (self.directive, self.unit.unit_type(), Some(&self.unit));
        verdict(ValueContext { directive, version, unit_type, unit }, &self.value)
    }

    /// Whether its directive has one of these kinds of value; none means any.
    fn is_of(&self, kinds: &[String]) -> bool {
        kinds.is_empty() || kinds.iter().any(|kind| kind == self.directive.kind.name())
    }
}

/// Compares, and prints agreement by kind or key, then disagreements. The exit code is 1 when there are too many.
///
/// # Errors
///
/// When the table cannot be read, or `systemd-analyze` cannot be run or does not answer as expected.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let mut comparison = Comparison::default();
    match &options.table {
        Some(path) => {
            for table::Row { assignment, verdicts } in table::read(path)? {
                if !assignment.is_of(&options.kind) {
                    continue;
                }
                let kind = assignment.directive.kind.name();
                for (version, real) in verdicts {
                    comparison.add(kind, &assignment, version, real);
                }
            }
        }
        None => {
            let asked = ask::Systemd::new(&options.systemd_analyze, &options.root)?;
            let mut assignments = samples::assignments(asked.version, options.values, options.seed);
            assignments.retain(|assignment| assignment.is_of(&options.kind));
            let answers = asked.ask(&assignments)?;
            let mut silent = 0;
            for (assignment, real) in assignments.iter().zip(answers) {
                let Some(real) = real else {
                    silent += 1;
                    continue;
                };
                let key = format!("[{}] {}", assignment.directive.section.name(), assignment.directive.name);
                comparison.add(&key, assignment, asked.version, real);
            }
            println!("systemd {}, seed {}, {silent} without an answer", asked.version.0, options.seed);
        }
    }
    comparison.print(options.show);
    let good =
        comparison.agreement() >= options.at_least && comparison.false_alarms() <= options.at_most_false;
    if !good {
        eprintln!(
            "wanted: agreement of at least {}%, at most {}% false alarms",
            options.at_least, options.at_most_false
        );
    }
    Ok(ExitCode::from(u8::from(!good)))
}
