//! What `systemd --test` prints: every unit that it loads, with its names and its relations to others.
//!
//! It starts nothing, works in the scope of the system too, and says of each relation where it comes from: a file, a
//! default, a mounted file system …

use std::collections::{BTreeMap, BTreeSet};

use unit_ide::graph::Relation;

/// A unit as systemd loaded it.
#[derive(Default, Debug)]
pub(crate) struct Unit {
    /// Its own name and its aliases.
    pub(crate) names: BTreeSet<String>,
    /// Its relations: the other unit, and where it comes from (`origin-file destination-implicit`).
    pub(crate) relations: BTreeMap<Relation, BTreeMap<String, String>>,
}

/// The loaded units by name.
pub(crate) type Units = BTreeMap<String, Unit>;

/// Reads the dump. What is no unit and no relation is passed over.
pub(crate) fn parse(text: &str) -> Units {
    let mut units = Units::new();
    let mut unit: Option<&mut Unit> = None;
    for line in text.lines() {
        if let Some(heading) = heading(line) {
            unit = heading.strip_prefix("Unit ").and_then(|name| name.strip_suffix(':')).map(|name| {
                let unit = units.entry(name.to_owned()).or_default();
                unit.names.insert(name.to_owned());
                unit
            });
            continue;
        }
        let (Some(unit), Some((key, value))) = (&mut unit, line.trim_start().split_once(": ")) else {
            continue;
        };
        let relation = if key == "InSlice" { Some(Relation::Slice) } else { Relation::of_name(key) };
        match (key, relation, value.split_once(" (")) {
            ("Alias", ..) => {
                unit.names.insert(value.to_owned());
            }
            (_, Some(relation), Some((other, origin))) => {
                let origin = origin.trim_end_matches(')').to_owned();
                unit.relations.entry(relation).or_default().insert(other.to_owned(), origin);
            }
            _ => {}
        }
    }
    units
}

/// What stands behind the arrow of a line such as `-> Unit web.service:`.
fn heading(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("-> ").or_else(|| line.strip_prefix("→ "))
}

#[test]
fn a_dump_is_read() {
    let text = "-> By jobs:\n\t-> Job 1:\n\t\tAction: web.service -> start\n-> By units:\n\t-> Unit web.service:\n\
                \t\tAlias: www.service\n\t\tDescription: Wants: nothing (really)\n\t\tSlice: system.slice\n\
                \t\tWants: db.service (origin-file destination-implicit)\n\t\tInSlice: system.slice (origin-file)\n\
                \t\tReferences: db.service (origin-file)\n\t\tRequiresMountsFor: /srv (origin-file)\n\
                \t→ Unit db.service:\n\t\tWantedBy: web.service (destination-file)\n";
    let units = parse(text);
    assert_eq!(units.keys().collect::<Vec<_>>(), ["db.service", "web.service"]);
    let web = &units["web.service"];
    assert_eq!(web.names.iter().collect::<Vec<_>>(), ["web.service", "www.service"]);
    assert_eq!(web.relations.len(), 2, "{web:?}");
    assert_eq!(web.relations[&Relation::Wants]["db.service"], "origin-file destination-implicit");
    assert_eq!(web.relations[&Relation::Slice]["system.slice"], "origin-file");
    assert_eq!(units["db.service"].relations[&Relation::WantedBy]["web.service"], "destination-file");
}
