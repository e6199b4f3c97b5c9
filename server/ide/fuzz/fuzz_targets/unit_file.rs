//! Fuzzes whole files: parse, findings, hover and completion.
#![no_main]

use std::path::Path;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use unit_catalog::Version;
use unit_ide::completion::completion;
use unit_ide::hover::hover;
use unit_ide::rules::check_file;
use unit_ide::workspace::Workspace;
use unit_syntax::Unit;

const NAMES: [&str; 4] = ["web.service", "web@.socket", "web.timer", "web.service.d/10.conf"];

fuzz_target!(|input: (u8, u16, &str)| {
    let (name, place, text) = input;
    let path: Arc<Path> = Path::new("/src").join(NAMES[usize::from(name) % NAMES.len()]).into();
    let unit = Arc::new(Unit::parse(text));
    assert_eq!(unit.text(), text);
    let mut workspace = Workspace::new(vec![Path::new("/src").into()], Version::NEWEST);
    workspace.set_open(&path, &unit);
    let file = workspace.file(&path).expect("it is open");
    for finding in check_file(&workspace, file, &|| false) {
        assert!(text.get(std::ops::Range::from(finding.range)).is_some(), "{finding:?}");
    }
    let mut offset = usize::from(place).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    hover(&workspace, file, offset as u32, None);
    completion(&workspace, file, offset as u32);
});
