//! What a keystroke costs beyond the parse: a file taken over into the workspace, and its findings.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use unit_catalog::Version;
use unit_ide::rules::check_file;
use unit_ide::workspace::{File, Places, Workspace};
use unit_syntax::{Document, TextRange, Unit};

/// A realistic service of about `lines` lines.
fn service(lines: usize) -> String {
    let mut text = String::from(
        "[Unit]\nDescription=Bench\nAfter=network-online.target\nWants=network-online.target\n\n\
         [Service]\nType=notify\nExecStart=/usr/bin/bench --port 80\nRestart=on-failure\nRestartSec=5s\n",
    );
    for line in 0..lines.saturating_sub(14) {
        text.push_str(match line % 6 {
            0 => "Environment=\"NAME=value with blanks\" OTHER=%i\n",
            1 => "# what the next lines are for\n",
            2 => "ReadWritePaths=/var/lib/bench /run/bench\n",
            3 => "ExecStartPre=/bin/sh -c 'test -d $DIR || mkdir -p ${DIR}'\n",
            4 => "ProtectSystem=strict\n",
            _ => "TimeoutStopSec=1min 30s\n",
        });
    }
    text + "\n[Install]\nWantedBy=multi-user.target\n"
}

fn diagnostics(criterion: &mut Criterion) {
    for lines in [60, 500, 10_000] {
        let text = service(lines);
        let path: Arc<Path> = Path::new("/bench/bench.service").into();
        let unit = Arc::new(Unit::parse(&text));
        let workspace = Workspace::new(Vec::new(), Version::NEWEST);
        criterion.bench_function(&format!("full diagnostics, {lines} lines"), |bencher| {
            bencher.iter_batched(
                || Arc::new(File::new(path.clone(), &Places::default(), Version::NEWEST, unit.clone())),
                |file| black_box(check_file(&workspace, &file, &|| false)),
                BatchSize::LargeInput,
            );
        });
        let mut document = Document::new(&text);
        let mut workspace = Workspace::new(Vec::new(), Version::NEWEST);
        workspace.set_open(&path, document.unit());
        let middle = text[..text.len() / 2].rfind("RestartSec=").or(text.find("RestartSec="));
        let at = middle.expect("the unit sets it") as u32 + 11;
        let mut digit = 0;
        criterion.bench_function(&format!("edit and diagnostics, {lines} lines"), |bencher| {
            bencher.iter(|| {
                digit = (digit + 1) % 10;
                document.edit(TextRange::new(at, at + 1), &digit.to_string());
                workspace.set_open(&path, document.unit());
                let file = workspace.file(&path).expect("it is open");
                black_box(check_file(&workspace, file, &|| false))
            });
        });
    }
}

criterion_group!(benches, diagnostics);
criterion_main!(benches);
