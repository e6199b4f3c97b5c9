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

#[test]
fn drop_ins_of_masked_units_and_of_none() {
    let fixture = |version: &str| {
        let text = format!(
            "//- /etc/systemd/system/web.service systemd={version}
[Unit]
Wants=off.service ghost.service
//- /etc/systemd/system/off.service -> /dev/null
//- /etc/systemd/system/off.service.d/more.conf systemd={version}
[Unit]
Wants=web.service
//- /etc/systemd/system/ghost.service.d/more.conf systemd={version}
[Unit]
Wants=web.service
//- /usr/lib/systemd/system/basic.target
[Unit]
Requires=sysinit.target
//- /usr/lib/systemd/system/shutdown.target
[Unit]
DefaultDependencies=no
"
        );
        Fixture::new(&text)
    };
    // Nobody is told of what a masked unit wants, whatever the manager lists.
    expect![[r#"
        web.service Wants ghost.service: line `ghost.service`, Always
        web.service Wants off.service: line `off.service`, Always
    "#]]
    .assert_eq(&edges(&fixture("252"), "web.service"));
    // In a folder that is no whole system the unit may be elsewhere.
    let loose = Fixture::new("//- a.service\n//- ghost.service.d/more.conf\n[Unit]\nWants=a.service\n");
    assert_eq!(related(&loose, "a.service", Relation::WantedBy), "ghost.service");
}

#[test]
fn paths_that_only_the_running_machine_knows() {
    let fixture = Fixture::new(
        "//- /etc/systemd/user/a.path
[Path]
PathExists=%h/inbox
//- /etc/systemd/user/a.service
[Service]
ExecStart=/bin/a
//- /etc/systemd/user/srv.mount
[Mount]
What=/dev/vdb
Where=/srv
//- /etc/systemd/user/srv-spool.mount
[Mount]
What=/dev/vdc
Where=/srv/spool
//- /etc/systemd/user/b.service
[Unit]
RequiresMountsFor=/srv/%H/spool
[Service]
ExecStart=/bin/b
",
    );
    assert_eq!(related(&fixture, "a.path", Relation::After), "-.mount");
    assert_eq!(related(&fixture, "b.service", Relation::Requires), "app.slice basic.target srv.mount");
}
