//! The graph of units: edges and their causes.

mod support;

use expect_test::expect;
use support::Fixture;
use unit_ide::graph::{Edge, Relation};
use unit_ide::workspace::{File, UnitName};

fn name(text: &str) -> UnitName {
    UnitName::parse(text).expect("a unit name")
}

/// The file that stands for the place of all others.
fn asker(fixture: &Fixture) -> &File {
    fixture.workspace.files().min_by_key(|file| file.path.clone()).expect("the fixture has files")
}

/// One edge a line, those by default left out.
fn edges(fixture: &Fixture, unit: &str) -> String {
    let graph = fixture.workspace.graph(&asker(fixture).place);
    let mut lines: Vec<_> = [graph.edges_from(&name(unit)), graph.edges_to(&name(unit))]
        .iter()
        .flatten()
        .filter(|edge| !matches!(edge.cause, unit_ide::graph::Cause::Implicit(_)))
        .map(line)
        .collect();
    lines.sort();
    lines.concat()
}

fn line(edge: &Edge<'_>) -> String {
    use unit_ide::graph::Cause as C;
    let cause = match edge.cause {
        C::Line { file, range, .. } => format!("line `{}`", support::slice(file, range)),
        C::Install { file, range, .. } => format!("[Install] `{}`", support::slice(file, range)),
        C::Link(link) => format!("link {}", link.path.display()),
        C::Name { .. } => "name".to_owned(),
        C::Implied { file, entry } => {
            format!("implied by `{}`", file.unit.entries()[entry as usize].item.text().trim_end())
        }
        C::Implicit(why) => why.to_owned(),
        C::DBus(file) => file.path.display().to_string(),
    };
    format!("{} {} {}: {cause}, {:?}\n", edge.from, edge.relation.name(), edge.to, edge.holds)
}

fn related(fixture: &Fixture, unit: &str, relation: Relation) -> String {
    let graph = fixture.workspace.graph(&asker(fixture).place);
    let units = graph.related(&name(unit), relation);
    units.iter().map(UnitName::as_str).collect::<Vec<_>>().join(" ")
}

#[test]
fn lines_links_and_names_make_edges() {
    let fixture = Fixture::new(
        "//- /etc/systemd/system/web.service
[Unit]
Wants=db.service \"cache@%p.service\" %t.service
After=db.service
[Install]
WantedBy=multi-user.target
Alias=www.service
//- /etc/systemd/system/web.socket
[Socket]
ListenStream=80
//- /etc/systemd/system/db.service
[Service]
ExecStart=/bin/db
//- /etc/systemd/system/database.service -> db.service
//- /etc/systemd/system/multi-user.target.wants/web.service -> ../web.service
//- /etc/systemd/system/other.service
[Unit]
Requires=database.service
PartOf=www.service
",
    );
    expect![[r#"
        multi-user.target Wants web.service: [Install] `multi-user.target`, OnceEnabled
        multi-user.target Wants web.service: link /etc/systemd/system/multi-user.target.wants/web.service, Always
        other.service PartOf web.service: line `www.service`, OnceEnabled
        web.service After db.service: line `db.service`, Always
        web.service Wants db.service: line `db.service`, Always
        web.socket Before web.service: name, Always
        web.socket Triggers web.service: name, Always
    "#]]
    .assert_eq(&edges(&fixture, "www.service"));
    assert_eq!(related(&fixture, "db.service", Relation::RequiredBy), "other.service");
    assert_eq!(related(&fixture, "web.service", Relation::TriggeredBy), "web.socket");
    assert_eq!(related(&fixture, "web.service", Relation::ConsistsOf), "");
}
