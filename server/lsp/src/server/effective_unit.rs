//! The effective unit on the client's side: a command, a request, and documents of a scheme of their own.
//!
//! `unitls-effective:///home/me/units/web.service` is what the unit `web.service` comes to as units in `/home/me/units`
//! see it; `unitls-effective:///web.service` leaves the place to the server.

use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use tower_lsp::Client;
use tower_lsp::ls_types as lsp;
use unit_ide::effective_unit::{EffectiveUnit, Specifiers};
use unit_ide::workspace::UnitName;

use super::session::Snapshot;
use super::{CLIENT_TIMEOUT, convert};

/// `workspace/executeCommand`: with the URI of a unit file or of an effective unit, or with a unit's name.
pub(super) const COMMAND: &str = "unitls.showEffectiveUnit";
/// The same as a request of its own.
pub(super) const REQUEST: &str = "unitls/effectiveUnit";
/// How clients of version 3.18 of the protocol ask for the text of such a document.
pub(super) const CONTENT: &str = "workspace/textDocumentContent";
/// The scheme of the documents.
pub(super) const SCHEME: &str = "unitls-effective";

/// What is asked for: one of the two.
#[derive(Deserialize)]
pub(super) struct Params {
    /// A unit file, or an effective unit.
    pub(super) uri: Option<lsp::Uri>,
    /// The name of a unit.
    pub(super) unit: Option<String>,
    /// Whether to replace the specifiers that the unit's name answers.
    #[serde(default)]
    expand: bool,
}

/// An effective unit.
#[derive(Serialize)]
pub(super) struct Document {
    pub(super) uri: lsp::Uri,
    pub(super) text: String,
}

impl Params {
    /// Reads a command's arguments: a URI or a name, or an object of the same members as a request's.
    pub(super) fn of_arguments(mut arguments: Vec<serde_json::Value>) -> Option<Self> {
        match arguments.drain(..).next()? {
            serde_json::Value::String(text) if text.contains(":/") => {
                Some(Self { uri: Some(lsp::Uri::from_str(&text).ok()?), unit: None, expand: false })
            }
            serde_json::Value::String(unit) => Some(Self { uri: None, unit: Some(unit), expand: false }),
            object => serde_json::from_value(object).ok(),
        }
    }
}

/// Whether the document is none of the client's but one of ours.
pub(super) fn is_effective(uri: &lsp::Uri) -> bool {
    uri.scheme().as_str() == SCHEME
}

/// The effective unit that is asked for, or why there is none.
pub(super) fn document(snapshot: &Snapshot, params: &Params) -> Result<Document, String> {
    let unit = match (&params.uri, &params.unit) {
        (Some(uri), _) if is_effective(uri) => at_path(snapshot, &uri.to_file_path().unwrap_or_default()),
        (Some(uri), _) => {
            let file = snapshot.workspace.file(&convert::path(uri));
            let unit = file.and_then(|file| EffectiveUnit::of_file(&snapshot.workspace, file));
            unit.ok_or_else(|| format!("{} is no unit file", uri.as_str()))
        }
        (None, Some(unit)) => at_path(snapshot, &Path::new("/").join(unit)),
        (None, None) => Err("say which unit: `uri` or `unit`".to_owned()),
    }?;
    let specifiers = if params.expand { Specifiers::Expanded } else { Specifiers::AsWritten };
    let text = unit.render(&|path| snapshot.workspace.shown(path), specifiers);
    let uri = uri(&unit).ok_or_else(|| "the unit has no place".to_owned())?;
    Ok(Document { uri, text })
}

/// The unit of this name as seen from this folder; that of `/` stands for the place that says most about it.
fn at_path<'a>(snapshot: &'a Snapshot, path: &Path) -> Result<EffectiveUnit<'a>, String> {
    let workspace = &snapshot.workspace;
    if let Some(file) = workspace.file(path) {
        return EffectiveUnit::of_file(workspace, file)
            .ok_or_else(|| format!("{} is no unit file", path.display()));
    }
    let typed = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = UnitName::of_typed(typed);
    let unit = name.as_ref().and_then(|name| {
        let place = match path.parent().filter(|folder| folder.parent().is_some()) {
            Some(folder) => workspace.places().of_folder(folder),
            None => workspace.place_of(name)?,
        };
        EffectiveUnit::of_name(workspace, name, &place)
    });
    unit.ok_or_else(|| workspace.unknown(name.as_ref().map_or(typed, UnitName::as_str)))
}

/// The document of a unit: its name in the folder of its first file; a drop-in for many units is called as its file.
fn uri(unit: &EffectiveUnit<'_>) -> Option<lsp::Uri> {
    let file = unit.files.first()?.file;
    let path = match &unit.name {
        Some(name) => {
            let folder = file.path.parent()?;
            let folder = if file.is_drop_in() { folder.parent()? } else { folder };
            folder.join(name.as_str())
        }
        None => file.path.to_path_buf(),
    };
    let uri = lsp::Uri::from_file_path(path)?;
    lsp::Uri::from_str(&uri.as_str().replacen("file:", &format!("{SCHEME}:"), 1)).ok()
}

/// What the client can do with these documents.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Support {
    /// It shows documents of our scheme, and asks for their text.
    shows: bool,
}

impl Support {
    /// The protocol has no capability for it that both sides know: clients say `effectiveUnitDocuments` among the
    /// experimental ones.
    pub(super) fn of_client(client: &lsp::ClientCapabilities) -> Self {
        let experimental = client.experimental.as_ref();
        let asks =
            experimental.and_then(|experimental| experimental.get("effectiveUnitDocuments")?.as_bool());
        let window = client.window.as_ref().and_then(|window| window.show_document.as_ref());
        Self { shows: asks == Some(true) && window.is_some_and(|show| show.support) }
    }

    /// Lets the client show the document, where it can. Not awaited: it may take its time.
    pub(super) fn show(self, client: &Client, document: &Document) {
        if !self.shows {
            return;
        }
        let client = client.clone();
        let params = lsp::ShowDocumentParams {
            uri: document.uri.clone(),
            external: None,
            take_focus: Some(true),
            selection: None,
        };
        tokio::spawn(async move {
            if !matches!(timeout(CLIENT_TIMEOUT, client.show_document(params)).await, Ok(Ok(true))) {
                tracing::warn!("the client does not show the effective unit");
            }
        });
    }
}
