// What can start a unit, as a list to choose from: the answer of `unitls.showStarters`.

import * as vscode from 'vscode';

/** One object of `unitls starters --format json`. */
export interface Starter {
  unit: string;
  source: string;
  kind: string;
  path: string | null;
  /** Counted from 1. */
  line: number | null;
  note: string | null;
  through: Starter | null;
}

interface Item extends vscode.QuickPickItem {
  starter: Starter;
}

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
export async function showStarters(starters: Starter[]): Promise<void> {
  const unit = starters[0]?.unit;
  if (unit === undefined) {
    await vscode.window.showInformationMessage('Nothing that unitls knows of starts this unit.');
    return;
  }
  const items = starters.flatMap(starter => [...chain(starter)]).map(item);
  const options = { title: `What can start ${unit}`, placeHolder: 'Go to the line that says so', matchOnDetail: true };
  const chosen = await vscode.window.showQuickPick(items, options);
  if (chosen?.starter.path) {
    await openLine(chosen.starter.path, chosen.starter.line);
  }
}

/** Opens a file at a line counted from 1. */
export async function openLine(path: string, line: number | null, column = vscode.ViewColumn.Active): Promise<void> {
  const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  const selection = new vscode.Range(at, at);
  await vscode.window.showTextDocument(vscode.Uri.file(path), { viewColumn: column, selection });
}

/** A source, and what its start goes through. */
function* chain(starter: Starter): Generator<Starter> {
  for (let next: Starter | null = starter; next !== null; next = next.through ?? null) {
    yield next;
  }
}

function item(starter: Starter): Item {
  const { source, unit, kind, path, line, note } = starter;
  const place = path === null ? '' : `${vscode.workspace.asRelativePath(path)}${line === null ? '' : `:${line}`}`;
  return {
    starter,
    label: `$(${ICONS[kind] ?? 'arrow-right'}) ${source}`,
    description: [kind, note].filter(Boolean).join(': '),
    detail: `${source === unit ? 'starts itself' : `starts ${unit}`}${place === '' ? '' : ` (${place})`}`,
  };
}
