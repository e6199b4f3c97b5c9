//! `unitls check`: judges files and folders.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use rayon::prelude::*;
use unit_ide::diagnostic::{Diagnostic, Severity};
use unit_ide::fix::Safety;
use unit_ide::fix_all::Repaired;
use unit_ide::rules::check_file;
use unit_ide::workspace::{File, Workspace};

use super::args::CheckArgs;
use super::fix::{self, Reach};
use super::report::{Judged, Report, several};
use super::world::{self, Targets};

pub(crate) fn run(args: &CheckArgs) -> ExitCode {
    let (mut workspace, mut targets) = world::read(&args.paths, world::Roots::Apart, &args.settings());
    let mut out = anstream::AutoStream::new(std::io::stdout().lock(), args.color.into());
    let something = match (args.diff, args.fix) {
        (true, _) => show_repairs(&mut out, args, &workspace, &targets),
        (false, true) => {
            repair(args, &mut workspace, &mut targets);
            report(&mut out, args, &workspace, &targets)
        }
        (false, false) => report(&mut out, args, &workspace, &targets),
    };
    super::say_errors(&targets.errors);
    match (targets.errors.is_empty(), something) {
        (false, _) => ExitCode::from(2),
        (true, true) => ExitCode::from(1),
        (true, false) => ExitCode::SUCCESS,
    }
}

/// Says what is found; whether any of it weighs something.
fn report(out: &mut impl Write, args: &CheckArgs, workspace: &Workspace, targets: &Targets) -> bool {
    let judged = judge(workspace, &targets.shown);
    let names = &|path: &Path| targets.name(path);
    // A pipe closed early is no error: nobody wants the rest.
    let _ = Report { workspace, judged: &judged, names, errors: &targets.errors }.write(out, args.format);
    let weighs = |finding: &Diagnostic| finding.severity <= Severity::Warning;
    judged.iter().any(|judged| judged.findings.iter().any(weighs))
}

/// Shows what repairs would change; whether there is anything.
fn show_repairs(out: &mut impl Write, args: &CheckArgs, workspace: &Workspace, targets: &Targets) -> bool {
    let repaired = repaired(args, workspace, targets, &Reach::new(&targets.shown, &args.paths));
    let _ = fix::diff(out, workspace, &repaired, &|path| targets.name(path));
    repaired.fixes > 0
}

/// Repairs the files on disk and in the workspace.
fn repair(args: &CheckArgs, workspace: &mut Workspace, targets: &mut Targets) {
    let reach = Reach::new(&targets.shown, &args.paths);
    let mut repaired = repaired(args, workspace, targets, &reach);
    let errors = reach.write(workspace, &mut repaired);
    let written = repaired.edited.len() + repaired.created.len() - errors.len();
    super::say(format_args!(
        "unitls: {} repaired, {} written",
        several(repaired.fixes, "finding"),
        several(written, "file")
    ));
    for (path, error) in errors {
        let name = targets.name(&path);
        targets.errors.push((name, error));
    }
    for path in repaired.created {
        let name = targets.name(&path);
        targets.shown.insert(path, name);
    }
    *workspace = repaired.workspace;
}

fn repaired(args: &CheckArgs, workspace: &Workspace, targets: &Targets, reach: &Reach<'_>) -> Repaired {
    let most = if args.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
    let findings = |workspace: &Workspace| {
        let judged = judge(workspace, &targets.shown);
        judged.into_iter().flat_map(|judged| judged.findings).collect()
    };
    let repaired = reach.repair(workspace, most, findings);
    if !repaired.stable {
        super::say(format_args!("unitls: some repairs undo each other; they were given up"));
    }
    repaired
}

/// The findings in the files to judge.
fn judge<'a>(workspace: &'a Workspace, shown: &'a BTreeMap<Arc<Path>, PathBuf>) -> Vec<Judged<'a>> {
    let files = shown.iter().filter_map(|(path, shown)| Some((shown, workspace.file(path)?)));
    let files: Vec<(&PathBuf, &Arc<File>)> = files.collect();
    let judge = |(shown, file): (&'a PathBuf, &'a Arc<File>)| Judged {
        shown,
        file,
        findings: check_file(workspace, file, &|| false),
    };
    files.into_par_iter().map(judge).collect()
}
