//! A file that follows edits equals one that is read afresh, and so do the findings.

mod support;

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use support::Fixture;
use support::pieces::piece;
use unit_ide::rules::check_file;
use unit_ide::workspace::{File, Places, Workspace};
use unit_syntax::{Document, TextRange, Unit};

/// The units around the one that is edited; they are why some findings come and go.
const NEIGHBOURS: &str = "
//- web.socket closed
[Socket]
ListenStream=80
[Install]
WantedBy=sockets.target
//- other.timer closed
[Timer]
OnCalendar=daily
Unit=web.service
//- web.service.d/limit.conf closed
[Unit]
StartLimitBurst=3
[Service]
Nice=1
";

/// An edit: where it starts and how much it replaces, in parts of the text's length, and what it inserts.
fn edit() -> impl Strategy<Value = (f64, f64, String)> {
    let length = prop_oneof![3 => Just(0.0), 2 => 0.0..0.1, 1 => 0.0..1.0];
    (0.0..=1.0, length, proptest::collection::vec(piece(), 0..3).prop_map(|pieces| pieces.concat()))
}

/// The text after an edit whose ends are moved to the starts of characters.
fn apply(document: &mut Document, text: &mut String, (start, length, insert): &(f64, f64, String)) {
    let floor = |at: f64| {
        let at = (at * text.len() as f64) as usize;
        (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let (start, end) = (floor(*start), floor((start + length).min(1.0)));
    document.edit(TextRange::from(start..end), insert);
    text.replace_range(start..end, insert);
}

#[track_caller]
fn assert_same(updated: &File, fresh: &File) {
    assert_eq!(updated.unit, fresh.unit);
    assert_eq!((&updated.kind, &updated.place), (&fresh.kind, &fresh.place));
    assert_eq!((updated.masked, updated.foreign_template), (fresh.masked, fresh.foreign_template));
    assert_eq!(updated.lines(), fresh.lines());
    assert_eq!(updated.mentions(), fresh.mentions());
    for directive in fresh.lines().iter().filter_map(|line| line.directive) {
        let starts = |file: &File| file.assignments(directive).map(|entry| entry.start).collect::<Vec<_>>();
        assert_eq!(starts(updated), starts(fresh), "{}", directive.name);
    }
}

fn findings(workspace: &Workspace, path: &Path) -> Vec<unit_ide::diagnostic::Diagnostic> {
    check_file(workspace, workspace.file(path).expect("it is open"), &|| false)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn edits_equal_a_fresh_reading(
        pieces in proptest::collection::vec(piece(), 0..25),
        edits in proptest::collection::vec((edit(), any::<bool>()), 1..10),
    ) {
        let mut text = pieces.concat();
        let path: Arc<Path> = Path::new("/src/web.service").into();
        let neighbours = Fixture::new(NEIGHBOURS).workspace;
        let mut workspace = neighbours.clone();
        let mut document = Document::new(&text);
        workspace.set_open(&path, document.unit());
        for (edit, look) in edits {
            apply(&mut document, &mut text, &edit);
            workspace.set_open(&path, document.unit());
            // Findings are kept from one text to the next only when somebody has asked for them.
            if !look {
                continue;
            }
            let mut afresh = neighbours.clone();
            afresh.set_open(&path, &Arc::new(Unit::parse(&text)));
            let (updated, fresh) = (workspace.file(&path), afresh.file(&path));
            assert_same(updated.expect("it is open"), fresh.expect("it is open"));
            prop_assert_eq!(findings(&workspace, &path), findings(&afresh, &path));
            // What the unit says of its socket, and the socket of it.
            let socket = Path::new("/src/web.socket");
            prop_assert_eq!(findings(&workspace, socket), findings(&afresh, socket));
        }
    }
}

#[test]
fn a_file_becomes_another_kind_of_file() {
    let path: Arc<Path> = Path::new("/src/web.service").into();
    let mut workspace = Workspace::new(vec![Path::new("/src").into()], unit_catalog::Version::NEWEST);
    let mut document = Document::new("[Service]\nType=Simple\n");
    let mut step = |at: usize, insert: &str| {
        document.edit(TextRange::from(at..at), insert);
        workspace.set_open(&path, document.unit());
        let file = workspace.file(&path).expect("it is open");
        (file.kind.is_unit_file(), file.foreign_template, findings(&workspace, &path).len())
    };
    assert_eq!(step(0, ""), (true, false, 2));
    // The first section says that it is for the bus.
    assert_eq!(step(0, "[D-BUS Service]\nName=org.a\n"), (false, false, 0));
    assert_eq!(step(0, "[Unit]\n"), (true, false, 3));
    // A line of another language makes it a template.
    assert_eq!(step(7, "{{ dependencies }}\n"), (true, true, 1));
}

#[test]
fn a_new_header_changes_what_lines_below_it_say() {
    let mut open = Document::new("[Install]\nAlso=web.socket\n");
    let path: Arc<Path> = Path::new("/src/web.service").into();
    let file = File::new(path, &Places::default(), unit_catalog::Version::NEWEST, open.unit().clone());
    assert_eq!(file.mentions().len(), 1);
    open.edit(TextRange::from(0..9), "[Socket]");
    let file = file.updated(open.unit().clone());
    assert!(file.mentions().is_empty() && file.lines().iter().all(|line| line.directive.is_none()));
}
