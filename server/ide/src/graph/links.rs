//! Edges that links in `X.wants/`, `X.requires/` and `X.upholds/` make.

use std::path::Path;

use rustc_hash::FxHashSet;
use unit_catalog::Version;

use super::edge::Cause;
use super::{Relation, Stating};
use crate::workspace::{LinkFolder, UnitLink, UnitName, drop_in_owners};

/// Adds what the links in the unit's folders say: those of its names, of its template, of their dash prefixes and of
/// its type (`process_deps()`).
pub(super) fn linked(stating: &mut Stating<'_, '_>) {
    let workspace = stating.workspace;
    let mut seen: FxHashSet<(LinkFolder, &str)> = FxHashSet::default();
    let of_type = vec![stating.unit.unit_type.suffix().to_owned()];
    for owners in stating.names().iter().map(drop_in_owners).chain([of_type]) {
        for owner in owners {
            for link in links_in(stating, &owner) {
                let Some((_, folder)) = link.folder() else { continue };
                // The same name in a folder that comes later is hidden.
                let known = folder != LinkFolder::Upholds || stating.version() >= Version(254);
                if !known || !seen.insert((folder, link.name())) {
                    continue;
                }
                let relation = match folder {
                    LinkFolder::Wants => Relation::Wants,
                    LinkFolder::Requires => Relation::Requires,
                    LinkFolder::Upholds => Relation::Upholds,
                };
                // The link's own name counts; where it points to only tells whether it is masked.
                // A link to a mask says nothing; most lead to the folder that theirs lies in.
                let beside = link.path.parent().and_then(Path::parent).map(|units| units.join(&*link.target));
                let masked = beside.and_then(|path| workspace.file(&path)).is_some_and(|file| file.masked);
                if let Some(other) =
                    UnitName::parse(link.name()).filter(|_| !masked && &*link.target != "null")
                {
                    let other = stating.name.instantiated(other);
                    stating.state(relation, other, Cause::Link(link));
                }
            }
        }
    }
}

/// The links in the owner's folders that the unit is asked about.
fn links_in<'a>(stating: &Stating<'a, '_>, owner: &str) -> Vec<&'a UnitLink> {
    let (workspace, asker) = (stating.workspace, stating.asker);
    let Some(about) = stating.about else {
        return workspace.links_in(owner, asker).collect();
    };
    let template = about.template();
    let names = [Some(about), template.as_ref()].into_iter().flatten();
    let links = names.flat_map(|name| workspace.links_called(name.as_str(), asker));
    links.filter(|link| link.folder().is_some_and(|(folder, _)| folder == owner)).collect()
}
