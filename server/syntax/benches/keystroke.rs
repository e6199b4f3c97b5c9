//! What one keystroke costs before anybody looks at the file: rope, tree and typed view, beside a fresh
//! parse.
//!
//! `cargo bench -p unit-syntax`

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use unit_syntax::{Document, TextRange, Unit};

/// A text of `lines` lines, made as service files are.
fn text(lines: usize) -> String {
    const BLOCK: &str = "\
[Unit]
Description=A service with a name that takes some room
Documentation=man:example(8) https://example.org/
After=network-online.target remote-fs.target
Wants=network-online.target

[Service]
# The daemon reads its own configuration.
Type=notify
Environment=\"FOO=a b\" BAR=%t/example
ExecStart=-/usr/bin/example --config ${CONFIG} \\
    --verbose
Restart=on-failure
RestartSec=5s

";
    BLOCK.lines().cycle().take(lines).flat_map(|line| [line, "\n"]).collect()
}

fn keystroke(criterion: &mut Criterion) {
    for lines in [60, 500, 10_000] {
        let text = text(lines);
        let mut group = criterion.benchmark_group("parse");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("document", lines), |bencher| {
            bencher.iter(|| Document::new(black_box(&text)))
        });
        group.bench_function(BenchmarkId::new("unit", lines), |bencher| {
            bencher.iter(|| Unit::parse(black_box(&text)))
        });
        group.finish();

        // A character into the middle of the text and out again; half of it is one keystroke.
        let at = (text.len() / 2 + text[text.len() / 2..].find("Restart=").expect("every block has one"))
            as u32
            + 3;
        let mut group = criterion.benchmark_group("type_and_delete");
        let mut document = Document::new(&text);
        group.bench_function(BenchmarkId::new("alone", lines), |bencher| {
            bencher.iter(|| {
                document.edit(TextRange::at(at), "x");
                document.edit(TextRange::new(at, at + 1), "");
            });
        });
        // As in a server, where the last snapshot is still being looked at.
        group.bench_function(BenchmarkId::new("beside_a_snapshot", lines), |bencher| {
            bencher.iter_batched(
                || Arc::clone(document.unit()),
                |snapshot| {
                    let mut document = document.clone();
                    document.edit(TextRange::at(at), "x");
                    document.edit(TextRange::new(at, at + 1), "");
                    (document, snapshot)
                },
                BatchSize::SmallInput,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, keystroke);
criterion_main!(benches);
