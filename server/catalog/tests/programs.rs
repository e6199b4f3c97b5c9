//! The table of programs: every row can be found, under its name with or without a version.

use unit_catalog::{Conduct, Hands, Notify, ProgramRow, program_row, program_rows};

#[test]
fn names_are_sorted_and_found() {
    let rows = program_rows();
    assert!(rows.len() > 300);
    assert!(rows.is_sorted_by(|a, b| a.0 < b.0));
    for (name, row) in rows {
        assert_eq!(program_row(name), Some(*row), "{name}");
    }
    assert_eq!(program_row(""), None);
    assert_eq!(program_row("no-such-program"), None);
}

#[test]
fn versions_are_looked_past() {
    let first = |name: &str| match program_row(name) {
        Some(ProgramRow::Program(program)) => program.names[0],
        Some(ProgramRow::Launcher(launcher)) => launcher.names[0],
        None => panic!("{name}"),
    };
    assert_eq!(first("php-fpm8.2"), "php-fpm");
    assert_eq!(first("python3.11"), "python");
    assert_eq!(first("exim4"), "exim");
    assert_eq!(first("apache2"), "apache2");
    assert_eq!(first("postgres-15"), "postgres");
    assert_eq!(program_row("123"), None);
}

#[test]
fn rows_say_what_their_programs_do() {
    let Some(ProgramRow::Program(nginx)) = program_row("nginx") else { panic!("nginx") };
    assert_eq!((nginx.default, nginx.notify), (Conduct::Background, Some(Notify::No)));
    let Some(ProgramRow::Launcher(env)) = program_row("env") else { panic!("env") };
    assert_eq!(env.hands, Hands::Becomes);
    for (name, row) in program_rows() {
        if let ProgramRow::Program(program) = row {
            assert!(!program.manual.is_empty() && !program.evidence.is_empty(), "{name} rests on nothing");
        }
    }
}
