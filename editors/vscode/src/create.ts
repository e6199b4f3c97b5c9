// New units from the snippets: one file, or the two of a pair.

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { expand, KINDS, type Snippet } from './snippets';

/** What stands before the `@` or the `.` of a unit's name (systemd.unit(5)). */
const STEM = /^[A-Za-z0-9:_.\\-]+$/;

/** Asks what is wanted and how it is called, writes the files into `folder` and opens them. Nothing is overwritten. */
export async function createUnits(extension: vscode.Uri, folder: vscode.Uri): Promise<void> {
  const items = KINDS.map(kind => ({ ...kind, description: kind.files.map(([ending]) => `name${ending}`).join(', ') }));
  const kind = await vscode.window.showQuickPick(items, { title: `New unit in ${basename(folder.fsPath)}` });
  if (kind === undefined) {
    return;
  }
  const stem = await vscode.window.showInputBox({
    title: kind.label,
    prompt: `The name, without ${kind.files.map(([ending]) => ending).join(' and ')}`,
    validateInput: text => (STEM.test(text) ? undefined : 'Letters, digits, and : _ . \\ - are what names are made of'),
  });
  if (stem === undefined) {
    return;
  }
  const source = vscode.Uri.joinPath(extension, 'snippets', 'units.json');
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(source));
  const snippets = Object.values(JSON.parse(text) as Record<string, Snippet>);
  const edit = new vscode.WorkspaceEdit();
  const files = kind.files.map(([ending, prefix]) => {
    const file = vscode.Uri.joinPath(folder, `${stem}${ending}`);
    const snippet = snippets.find(known => known.prefix === prefix);
    const contents = new TextEncoder().encode(snippet && expand(snippet, stem));
    edit.createFile(file, { contents });
    return file;
  });
  if (!(await vscode.workspace.applyEdit(edit))) {
    await vscode.window.showErrorMessage(
      `Not written: is one of ${files.map(file => basename(file.fsPath)).join(', ')} there?`,
    );
    return;
  }
  for (const file of files.reverse()) {
    await vscode.window.showTextDocument(file, { preview: false });
  }
}
