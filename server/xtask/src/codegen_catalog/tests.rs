//! What the generator accepts and refuses: the real data with one thing changed, and small texts.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use super::generate;

/// A workspace of its own with the real data and no texts; removed at the end.
struct Workspace(PathBuf);

impl Workspace {
    fn new() -> Workspace {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("unitls-codegen-{}-{count}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let catalog = root.join("server/catalog");
        fs::create_dir_all(catalog.join("data")).expect("the temporary folder can be written to");
        fs::create_dir_all(catalog.join("docs")).expect("the temporary folder can be written to");
        let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog/data");
        for file in fs::read_dir(real).expect("the data is part of the repository") {
            let file = file.expect("the folder can be read");
            fs::copy(file.path(), catalog.join("data").join(file.file_name())).expect("a copy");
        }
        Workspace(root)
    }

    fn change(self, file: &str, from: &str, to: &str) -> Workspace {
        let path = self.0.join("server/catalog/data").join(file);
        let text = fs::read_to_string(&path).expect("copied above");
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(path, text.replacen(from, to, 1)).expect("the folder is ours");
        self
    }

    fn doc(self, text: &str) -> Workspace {
        fs::write(self.0.join("server/catalog/docs/a.md"), text).expect("the folder is ours");
        self
    }

    fn complaint(&self) -> String {
        generate(&self.0).expect_err("the sources are wrong")
    }

    /// The text of one generated file.
    fn generated(&self, name: &str) -> String {
        let files = generate(&self.0).expect("the sources are right");
        let (_, bytes) = files.into_iter().find(|(path, _)| path.ends_with(name)).expect(name);
        String::from_utf8(bytes).expect("Rust is UTF-8")
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What is left behind in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_text_reaches_its_keys() {
    let docs = Workspace::new().doc(
        "# *: MemoryMax\nHard limit.\n\nMore.\n\n```ini\n# not a heading\n```\n\n# Slice: MemoryMax\nOf the slice.\n\n\
         # Service: Type\nHow.\n\n## simple\nAt once.\n\n# [Service]\nA service.\n",
    );
    let texts = docs.generated("docs.rs");
    assert!(texts.contains(r#"body: "More.\n\n```ini\n# not a heading\n```""#), "{texts}");
    assert!(texts.contains(r#"("simple", "At once.")"#), "{texts}");
    let rows = docs.generated("directives.rs");
    let of = |section: &str| {
        let rows = rows.split_once(&format!("static {}:", section.to_uppercase())).expect(section).1;
        let row = rows.lines().find(|row| row.contains("Some(&docs::")).expect("a text");
        row.rsplit_once("Some(&").expect("a text").1.to_owned()
    };
    assert_eq!((of("Scope").as_str(), of("Slice").as_str()), ("docs::D0)),", "docs::D1)),"));
}

#[test]
fn headings_must_name_what_exists() {
    for (text, complaint) in [
        ("# Service: Typo\nX.\n", "names Typo, which [Service] does not have"),
        ("# Service, Slice: User\nX.\n", "names User, which [Slice] does not have"),
        ("# *: Typo\nX.\n", "names Typo"),
        ("# Servce: Type\nX.\n", "names an unknown section \"Servce\""),
        ("# [Device]\nX.\n", "names an unknown section \"Device\""),
        ("# Type\nX.\n", "is neither"),
    ] {
        let found = Workspace::new().doc(text).complaint();
        assert!(found.starts_with("docs/a.md: ") && found.contains(complaint), "{text:?}: {found}");
    }
}

#[test]
fn texts_must_be_complete() {
    let long = format!("# Service: Type\n{}.\n", "x".repeat(120));
    for (text, complaint) in [
        ("# Service: Type\n", "has no summary"),
        ("# Service: Type\nNo full stop\n", "does not end with a full stop"),
        (long.as_str(), "has a summary of 121 characters"),
        ("# Service: Type\nX.\n\n## simpel\nY.\n", "explains \"simpel\", which is not a word"),
        ("# Service: Type\nX.\n\n## simple\nY.\n\n## simple\nZ.\n", "explains \"simple\" twice"),
        ("# Service: Type\nX.\n\n## simple\n\n## exec\nY.\n", "has no text for \"simple\""),
        ("# Service: Type\nX.\n\n# Service: Type\nY.\n", "is documented already under \"Service: Type\""),
        ("# Service: Type, Type\nX.\n", "is documented already"),
        ("# *: User\nX.\n\n# *: User\nY.\n", "is documented already"),
    ] {
        let found = Workspace::new().doc(text).complaint();
        assert!(found.contains(complaint), "{text:?}: {found}");
    }
}

/// Words of kinds that are more than words may be explained freely; `yes` and `no` where booleans are accepted.
#[test]
fn other_words_may_be_explained() {
    Workspace::new()
        .doc("# *: StandardInput\nX.\n\n## file:path\nY.\n\n# *: PrivateTmp\nX.\n\n## yes\nY.\n")
        .generated("docs.rs");
}

#[test]
fn data_must_be_consistent() {
    for (file, from, to, complaint) in [
        (
            "directives.toml",
            "sections = [\"Socket\"]",
            "sections = [\"Sokcet\"]",
            "unknown section \"Sokcet\"",
        ),
        ("directives.toml", "kind = \"boolean\"", "kind = \"bool\"", "unknown kind \"bool\""),
        ("directives.toml", "words = \"service-type\"", "words = \"types\"", "unknown word table \"types\""),
        (
            "directives.toml",
            "default = \"simple\"",
            "default = \"simpel\"",
            "default \"simpel\" is not one of its words",
        ),
        ("directives.toml", "name = \"AccuracySec\"", "name = \"Zebra\"", "must stand before Zebra"),
        (
            "directives.toml",
            "name = \"AcceptFileDescriptors\"",
            "name = \"Accept\"",
            "is there twice for [Socket]",
        ),
        (
            "directives.toml",
            "replaced_by = \"BindsTo\"",
            "replaced_by = \"Binds\"",
            "replaced by Binds, which [Unit]",
        ),
        ("directives.toml", "range = [-20, 19]", "range = [19, -20]", "empty range"),
        ("directives.toml", "kind = \"boolean\"", "kinds = \"boolean\"", "unknown field `kinds`"),
        (
            "enums.toml",
            "\"inactive\", \"inactive-or-failed\"",
            "\"inactive\", \"inactive\"",
            "has \"inactive\" twice",
        ),
        ("special-units.toml", "name = \"-.mount\"", "name = \"-.mont\"", "has no known suffix"),
        ("dependencies.toml", "types = [\"service\"]", "types = [\"servce\"]", "is not a unit type"),
        ("programs.toml", "names = [\"atd\"]", "names = [\"sshd\"]", "is there twice"),
        ("programs.toml", "names = [\"atd\"]", "names = [\"zzz\"]", "must stand before zzz"),
        ("programs.toml", "default = \"background\"", "default = \"daemon\"", "unknown variant `daemon`"),
        ("launchers.toml", "names = [\"chroot\"]", "names = [\"sshd\"]", "also in programs.toml"),
    ] {
        let found = Workspace::new().change(file, from, to).complaint();
        assert!(found.contains(file) && found.contains(complaint), "{to}: {found}");
    }
}
