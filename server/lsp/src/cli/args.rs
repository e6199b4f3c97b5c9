//! What the command line takes.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, ValueEnum};

use crate::disk::SystemUnits;
use crate::settings::{Settings, TargetScope, TargetVersion, known_code};

/// Language server and linter for systemd unit files.
///
/// Without a command it is a language server on standard input and output, to be started by an editor.
#[derive(Parser, Debug)]
#[command(name = "unitls", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Serve on standard input and output (the default; for editors that insist on a flag).
    #[arg(long)]
    stdio: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Serve a language client on standard input and output.
    Lsp,
    /// Judge unit files, and folders of them.
    Check(CheckArgs),
    /// Format unit files, and folders of them.
    Fmt(FmtArgs),
    /// Print a unit with its drop-ins as systemd would read it.
    Cat(CatArgs),
    /// Print what can start a unit.
    Starters(StartersArgs),
    /// Print the graph of units, for programs that draw.
    Graph(GraphArgs),
    /// Print the JSON schema of project files.
    #[command(hide = true)]
    Schema,
    /// Print the page of a rule, or the help of a directive.
    Explain(ExplainArgs),
    /// Print what makes a shell complete this command line.
    Completions(CompletionsArgs),
    /// Write man pages and completions, for packages.
    #[command(hide = true)]
    DistFiles(DistFilesArgs),
}

#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit status: 0 nothing above information (--diff: nothing to change), 1 at least one warning or \
                        error (--diff: a change), 2 wrong usage or something that could not be read or written."
)]
pub(crate) struct CheckArgs {
    /// Unit files, and folders to search for them.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) world: WorldArgs,
    /// Report these rules only.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = known_code)]
    pub(crate) select: Vec<&'static str>,
    /// Do not report these rules.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = known_code)]
    pub(crate) ignore: Vec<&'static str>,
    /// Apply the safe repairs, and report what is left.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show what --fix would change as a unified diff, write nothing and report nothing.
    #[arg(long)]
    pub(crate) diff: bool,
    /// With --fix or --diff: apply the repairs, too, that somebody should look at.
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// When text output is coloured.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit status: 0, 1 if something would change (--check, --diff), 2 wrong usage or something that \
                        could not be read, formatted or written."
)]
pub(crate) struct FmtArgs {
    /// Unit files, and folders to search for them; - formats standard input to standard output.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing, and name the files that would change.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing, and show what would change as a unified diff.
    #[arg(long)]
    pub(crate) diff: bool,
}

/// What belongs to the world, and who reads it.
#[derive(clap::Args, Debug)]
pub(crate) struct WorldArgs {
    /// The systemd to judge for: a release number, or auto for the installed one, else the newest known.
    /// [default: auto]
    #[arg(long, value_name = "auto|N")]
    pub(crate) systemd_version: Option<TargetVersion>,
    /// Whose units belong to the world as well: auto for the machine's own, none, or the root of an image, or folders of
    /// units.
    /// [default: auto]
    #[arg(long, value_name = "auto|none|DIR[,DIR]", value_parser = system_units)]
    pub(crate) system_units: Option<SystemUnits>,
    /// Whose manager reads units that lie in no folder of systemd's search path; auto: a folder called user above them
    /// tells. [default: auto]
    #[arg(long, value_name = "auto|system|user")]
    pub(crate) scope: Option<TargetScope>,
}

#[derive(clap::Args, Debug)]
pub(crate) struct CatArgs {
    /// A unit's name (without a suffix a service is meant), or the path of one of its files.
    pub(crate) unit: String,
    /// Unit files and folders that make up the world; without any the current folder.
    pub(crate) paths: Vec<PathBuf>,
    /// How the unit is written.
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub(crate) format: TextOrJson,
    #[command(flatten)]
    pub(crate) world: WorldArgs,
    /// Replace the specifiers that the unit's name answers (%n, %p, %i, ...).
    #[arg(long)]
    pub(crate) expand: bool,
    /// When text output is coloured.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(clap::Args, Debug)]
pub(crate) struct StartersArgs {
    /// A unit's name (without a suffix a service is meant), or the path of one of its files.
    pub(crate) unit: String,
    /// Unit files and folders that make up the world; without any the current folder.
    pub(crate) paths: Vec<PathBuf>,
    /// How the sources are written.
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub(crate) format: TextOrJson,
    #[command(flatten)]
    pub(crate) world: WorldArgs,
    /// When text output is coloured.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(clap::Args, Debug)]
pub(crate) struct GraphArgs {
    /// Unit files and folders whose units are drawn; without any the current folder.
    pub(crate) paths: Vec<PathBuf>,
    /// How the graph is written.
    #[arg(long, value_enum, default_value_t = GraphFormat::Dot)]
    pub(crate) format: GraphFormat,
    /// Draw this unit, its neighbours and what triggers them.
    #[arg(long, value_name = "UNIT")]
    pub(crate) around: Option<String>,
    /// Only what comes first.
    #[arg(long, conflicts_with = "requirement")]
    pub(crate) order: bool,
    /// Only what starts, stops and binds together.
    #[arg(long)]
    pub(crate) requirement: bool,
    /// Also what systemd adds by itself: default dependencies, slices, mounts of paths.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) world: WorldArgs,
}

#[derive(clap::Args, Debug)]
pub(crate) struct ExplainArgs {
    /// A rule's code (`socket-without-service`) or a directive (`Restart`, `Timer.Unit`).
    #[arg(required_unless_present = "list")]
    pub(crate) subject: Option<String>,
    /// List all rules with their severities.
    #[arg(long, conflicts_with = "subject")]
    pub(crate) list: bool,
}

#[derive(clap::Args, Debug)]
pub(crate) struct CompletionsArgs {
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(clap::Args, Debug)]
pub(crate) struct DistFilesArgs {
    /// The folder that gets the folders man and completions.
    pub(crate) dir: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum Format {
    /// For people, with the lines in question.
    Text,
    /// One JSON object a line.
    Json,
    /// A SARIF 2.1.0 log, for code scanning.
    Sarif,
    /// Commands of a GitHub workflow, which annotate the lines.
    Github,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum TextOrJson {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum GraphFormat {
    /// The language of Graphviz.
    Dot,
    /// A Mermaid flowchart.
    Mermaid,
    /// One JSON object a line.
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

impl WorldArgs {
    /// What these options settle.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            systemd_version: self.systemd_version,
            system_units: self.system_units.clone(),
            scope: self.scope,
            ..Settings::default()
        }
    }
}

impl CheckArgs {
    /// What these options settle.
    pub(crate) fn settings(&self) -> Settings {
        let given = |codes: &Vec<&'static str>| (!codes.is_empty()).then(|| codes.clone());
        Settings { select: given(&self.select), ignore: given(&self.ignore), ..self.world.settings() }
    }
}

fn system_units(words: &str) -> Result<SystemUnits, String> {
    SystemUnits::of_words(words.split(','), Path::new(""))
}
