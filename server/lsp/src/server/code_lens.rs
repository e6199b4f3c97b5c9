//! Code lenses on the client's side: their commands, what the commands answer, and when the client is to ask again.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use serde::Serialize;
use tokio::sync::Notify;
use tokio::time::timeout;
use tower_lsp::Client;
use tower_lsp::ls_types as lsp;
use unit_ide::code_lens::{CodeLens, LensKind, LensPlace, code_lenses};
use unit_ide::graph::starters::{Starter, starters};
use unit_ide::workspace::{File, Place, UnitName};
use unit_syntax::TextRange;

use super::effective_unit::Params;
use super::session::{Shared, Snapshot};
use super::{CLIENT_TIMEOUT, convert, settled};

/// The command of the lens about what starts a unit: with a document's URI, its place and the locations to show. Here,
/// for clients that show nothing by themselves, it answers with a list; a unit's name does as well then.
pub(super) const SHOW_STARTERS: &str = "unitls.showStarters";
/// The command of the lens about what waits for a unit, with the same arguments. Here it answers with the locations.
pub(super) const SHOW_ORDER: &str = "unitls.showOrder";

/// The lenses of a file, each whole; `told` notes them.
pub(super) fn lenses(
    snapshot: &Snapshot,
    file: &Arc<File>,
    uri: &lsp::Uri,
    told: &Lenses,
) -> Vec<lsp::CodeLens> {
    let lenses = code_lenses(&snapshot.workspace, file);
    let shown = lenses.iter().map(|lens| {
        let range = convert::range(snapshot, &file.path, lens.range);
        let command = match lens.kind {
            LensKind::Starters => SHOW_STARTERS,
            LensKind::Order => SHOW_ORDER,
        };
        let arguments = (uri, range.start, locations(snapshot, &lens.places));
        let arguments = serde_json::to_value(arguments).ok().and_then(|value| value.as_array().cloned());
        lsp::CodeLens {
            range,
            command: Some(lsp::Command::new(lens.title.clone(), command.to_owned(), arguments)),
            data: None,
        }
    });
    let shown = shown.collect();
    told.tell(file.path.clone(), lenses);
    shown
}

fn locations(snapshot: &Snapshot, places: &[LensPlace]) -> Vec<lsp::Location> {
    places.iter().filter_map(|place| convert::location(snapshot, &place.path, place.range)).collect()
}

/// Answers [`SHOW_ORDER`].
///
/// # Errors
/// Why there is no answer, as a sentence.
pub(super) fn order(snapshot: &Snapshot, params: &Params) -> Result<Vec<lsp::Location>, String> {
    let (name, place) = params.unit(snapshot)?;
    let file = snapshot.workspace.fragment(&name, &place);
    let lenses = file.map(|file| code_lenses(&snapshot.workspace, file)).unwrap_or_default();
    let order = lenses.into_iter().find(|lens| lens.kind == LensKind::Order);
    Ok(order.map(|lens| locations(snapshot, &lens.places)).unwrap_or_default())
}

/// Something that can start a unit, as clients and scripts read it.
#[derive(Serialize)]
pub(super) struct StarterObject {
    unit: String,
    source: String,
    kind: &'static str,
    note: String,
    /// The file that says so, which may be a link.
    path: Option<String>,
    uri: Option<lsp::Uri>,
    /// The line in it, counted from 1; null for links.
    line: Option<u32>,
    /// The place in it; null where it is the file as a whole.
    range: Option<lsp::Range>,
    /// The line there.
    text: Option<String>,
    /// The source that this one starts, where it is not the unit itself.
    through: Option<String>,
}

/// Answers [`SHOW_STARTERS`]: every source, followed by what starts it.
///
/// # Errors
/// Why there is no answer, as a sentence.
pub(super) fn list(snapshot: &Snapshot, params: &Params) -> Result<Vec<StarterObject>, String> {
    let (name, place) = params.unit(snapshot)?;
    let object = |starter: &Starter, through: Option<&str>| {
        let file = starter.path.as_deref().and_then(|path| snapshot.workspace.file(path));
        let line_of = |file: &Arc<File>| match starter.range {
            Some(range) => file.unit.position(range.start, snapshot.encoding).line + 1,
            None => 1,
        };
        StarterObject {
            unit: name.to_string(),
            source: starter.source.clone(),
            kind: starter.kind.as_str(),
            note: starter.details(),
            path: starter.path.as_ref().map(|path| path.display().to_string()),
            uri: starter.path.as_ref().and_then(|path| convert::uri(snapshot, path)),
            line: file.map(line_of),
            range: starter
                .path
                .as_ref()
                .zip(starter.range)
                .map(|(path, range)| convert::range(snapshot, path, range)),
            text: file.zip(starter.range).and_then(|(file, range)| line(file, range)),
            through: through.map(str::to_owned),
        }
    };
    let found = starters(&snapshot.workspace, &name, &place);
    let walked = found.iter().flat_map(Starter::walk);
    Ok(walked.map(|(starter, through)| object(starter, through.map(|it| it.source.as_str()))).collect())
}

fn line(file: &File, range: TextRange) -> Option<String> {
    let (_, entry) = file.unit.entry_at(range.start)?;
    Some(entry.item.text().trim_end().to_owned())
}

/// The lenses that the client was told of, by document.
#[derive(Default)]
pub(super) struct Lenses {
    /// Whether the client asks again when it is told to.
    refreshes: AtomicBool,
    told: Mutex<HashMap<Arc<Path>, Vec<CodeLens>>>,
    changed: Notify,
}

impl Lenses {
    /// Notes what the client says it can do.
    pub(super) fn meet(&self, client: &lsp::ClientCapabilities) {
        let lenses = client.workspace.as_ref().and_then(|workspace| workspace.code_lens.as_ref());
        let refreshes = lenses.and_then(|lenses| lenses.refresh_support) == Some(true);
        self.refreshes.store(refreshes, Ordering::Relaxed);
    }

    /// Notes that something has changed. Costs nothing to speak of, on every keystroke.
    pub(super) fn wake(&self) {
        self.changed.notify_one();
    }

    fn tell(&self, path: Arc<Path>, lenses: Vec<CodeLens>) {
        if self.refreshes.load(Ordering::Relaxed) {
            self.told().insert(path, lenses);
        }
    }

    /// Whether a document that is still open has other lenses than the client was told of; from now on these count.
    fn differ(&self, snapshot: &Snapshot) -> bool {
        let open = |path: &Arc<Path>| snapshot.documents.contains_key(path);
        let paths: Vec<_> = {
            let mut told = self.told();
            told.retain(|path, _| open(path));
            told.keys().cloned().collect()
        };
        let mut differ = false;
        for path in paths {
            let file = snapshot.workspace.file(&path);
            let now = file.map(|file| code_lenses(&snapshot.workspace, file)).unwrap_or_default();
            if let Some(told) = self.told().get_mut(&path) {
                differ |= *told != now;
                *told = now;
            }
        }
        differ
    }

    fn told(&self) -> MutexGuard<'_, HashMap<Arc<Path>, Vec<CodeLens>>> {
        self.told.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Runs until the server ends: when lenses are no longer what the client was told, it is asked to ask again. Only after
/// everything has been quiet for a while, as an edit in one unit may change what stands over any other.
pub(super) async fn refresh(shared: Arc<Shared>, client: Client) {
    if !shared.lenses.refreshes.load(Ordering::Relaxed) {
        return;
    }
    loop {
        settled(&shared.lenses.changed).await;
        let asked = shared.clone();
        let differ = tokio::task::spawn_blocking(move || asked.lenses.differ(&asked.snapshot())).await;
        if differ.is_ok_and(|differ| differ) {
            // One that does not answer is asked again after the next change.
            let _ = timeout(CLIENT_TIMEOUT, client.code_lens_refresh()).await;
        }
    }
}

impl Params {
    /// The unit that is asked about, and where it is seen from.
    fn unit(&self, snapshot: &Snapshot) -> Result<(UnitName, Place), String> {
        let workspace = &snapshot.workspace;
        if let Some(uri) = &self.uri {
            let file = workspace.file(&convert::path(uri));
            let unit = file.and_then(|file| Some((file.unit_name()?, file.place.clone())));
            return unit.ok_or_else(|| format!("{} is no unit file", uri.as_str()));
        }
        let typed = self.unit.as_deref().unwrap_or_default();
        let name = UnitName::of_typed(typed);
        let place = name.as_ref().and_then(|name| workspace.place_of(name));
        let unknown = || workspace.unknown(name.as_ref().map_or(typed, UnitName::as_str));
        name.clone().zip(place).ok_or_else(unknown)
    }
}
