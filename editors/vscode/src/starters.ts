// What can start a unit, and what waits for it: answers and code lenses of `unitls.showStarters` and `unitls.showOrder`.

import * as vscode from 'vscode';
import type { LanguageClient, Location, Position, Range } from 'vscode-languageclient/node';

/** One object of the answer to `unitls.showStarters`. */
export interface Starter {
  unit: string;
  source: string;
  kind: string;
  note: string | null;
  uri: string | null;
  range: Range | null;
  /** The line there. */
  text: string | null;
  /** The source whose start this one triggers, where it is not the unit itself. */
  through: string | null;
}

/** What a code lens hands to its command. */
export type LensArguments = [uri: string, position: Position, locations: Location[]];

const ICONS: Record<string, string> = {
  socket: 'plug',
  timer: 'watch',
  path: 'folder',
  automount: 'folder',
  dbus: 'broadcast',
  device: 'circuit-board',
  link: 'link',
  install: 'link',
  command: 'terminal',
  restart: 'debug-restart',
};

/** Lets the user choose a source, and goes to the line that makes it one. */
export async function showStarters(client: LanguageClient, starters: Starter[]): Promise<void> {
  const unit = starters[0]?.unit;
  if (unit === undefined) {
    await vscode.window.showInformationMessage('Nothing that unitls knows of starts this unit.');
    return;
  }
  const items = starters.map(starter => ({ starter, ...item(starter) }));
  const options = { title: `What can start ${unit}`, placeHolder: 'Go to the line that says so', matchOnDetail: true };
  const { uri, range } = (await vscode.window.showQuickPick(items, options))?.starter ?? {};
  if (uri) {
    const selection = client.protocol2CodeConverter.asRange(range);
    await vscode.window.showTextDocument(vscode.Uri.parse(uri), selection === undefined ? {} : { selection });
  }
}

function item({ source, unit, kind, note, uri, text, through }: Starter): vscode.QuickPickItem {
  const starts = source === unit ? 'starts itself again' : `starts ${through ?? unit}`;
  const place =
    uri && `${vscode.workspace.asRelativePath(vscode.Uri.parse(uri))}${text === null ? '' : `: ${text.trim()}`}`;
  return {
    label: `${through === null ? '' : '      '}$(${ICONS[kind] ?? 'arrow-right'}) ${source}`,
    description: [kind, note].filter(Boolean).join(', '),
    detail: [starts, place].filter(Boolean).join(' · '),
  };
}

/** Lets the editor show places as it shows references. */
export async function showPlaces(client: LanguageClient, [uri, position, locations]: LensArguments): Promise<void> {
  const { protocol2CodeConverter: code } = client;
  const places = locations.map(location => code.asLocation(location));
  await vscode.commands.executeCommand(
    'editor.action.showReferences',
    vscode.Uri.parse(uri),
    code.asPosition(position),
    places,
  );
}

/** Opens a file at a line counted from 1. */
export async function openLine(path: string, line: number | null, viewColumn: vscode.ViewColumn): Promise<void> {
  const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(path), { viewColumn, selection: new vscode.Range(at, at) });
}
