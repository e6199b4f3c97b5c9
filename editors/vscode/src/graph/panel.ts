// The activation graph beside the editor: asks the server's program for it and hands it to the view (view.ts).

import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { EffectiveUnits } from '../effective';
import { run } from '../program';
import type { Server } from '../server';
import { asOptions, saidSettings } from '../settings';
import { openLine } from '../starters';
import { type FromView, parseGraph, type ToView, type Wanted } from './model';

/** A unit's file with its neighbours, or all units of a folder. */
export type Subject = { file: vscode.Uri } | { folder: vscode.Uri };

export class GraphPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private subject: Subject | undefined;
  private wanted: Wanted = 'everything';
  private implied = false;
  /** The number of the last drawing that was begun: what comes of earlier ones is not shown. */
  private turn = 0;
  private readonly saves: vscode.Disposable;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
    private readonly effective: EffectiveUnits,
  ) {
    this.saves = vscode.workspace.onDidSaveTextDocument(({ languageId }) => {
      if (languageId === 'systemd') {
        void this.draw();
      }
    });
  }

  /** Draws `subject`, in the panel that is open or in a new one. */
  show(subject: Subject): void {
    this.subject = subject;
    if (this.panel === undefined) {
      this.panel = this.open();
    } else {
      this.panel.reveal(undefined, true);
      void this.draw();
    }
  }

  dispose(): void {
    this.saves.dispose();
    this.panel?.dispose();
  }

  private open(): vscode.WebviewPanel {
    const dist = vscode.Uri.joinPath(this.context.extensionUri, 'dist');
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const options = { enableScripts: true, localResourceRoots: [dist] };
    const panel = vscode.window.createWebviewPanel('unitls.graph', 'Activation Graph', place, options);
    panel.webview.onDidReceiveMessage((message: FromView) => this.hear(message));
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    panel.webview.html = page(panel.webview, dist);
    return panel;
  }

  private async hear(message: FromView): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return this.draw();
      case 'wanted':
        this.wanted = message.wanted;
        this.implied = message.implied;
        return this.draw();
      case 'unit':
        return this.openUnit(message.unit);
      case 'line':
        return openLine(message.path, message.line, vscode.ViewColumn.One);
    }
  }

  private async draw(): Promise<void> {
    const { panel, subject } = this;
    if (panel === undefined || subject === undefined) {
      return;
    }
    this.turn += 1;
    const { turn, wanted, implied } = this;
    const { title, options, folder } = this.question(subject);
    panel.title = title;
    let answer: ToView;
    try {
      const { program } = this.server;
      if (program === undefined) {
        throw new Error('The server, unitls, was not found.');
      }
      const graph = parseGraph(await run(program, ['graph', '--format=json', ...options], folder));
      answer = { kind: 'graph', graph, wanted, implied };
    } catch (error) {
      answer = { kind: 'trouble', message: error instanceof Error ? error.message : String(error) };
    }
    if (turn === this.turn) {
      await panel.webview.postMessage(answer);
    }
  }

  private question(subject: Subject): { title: string; options: string[]; folder: string } {
    const options = asOptions(saidSettings(this.context.extension));
    if (this.wanted !== 'everything') {
      options.push(`--${this.wanted}`);
    }
    if (this.implied) {
      options.push('--all');
    }
    if ('folder' in subject) {
      const folder = subject.folder.fsPath;
      return { title: 'Activation Graph', options: [...options, folder], folder };
    }
    const file = subject.file.fsPath;
    const folder = vscode.workspace.getWorkspaceFolder(subject.file)?.uri.fsPath ?? dirname(file);
    const name = file.slice(dirname(file).length + 1);
    return { title: `Graph: ${name}`, options: [...options, '--around', file, folder], folder };
  }

  /** The unit's file; where it has none that the server tells of, what the unit comes to. */
  private async openUnit(unit: string): Promise<void> {
    const command = 'vscode.executeWorkspaceSymbolProvider';
    const symbols = await vscode.commands.executeCommand<vscode.SymbolInformation[]>(command, unit);
    const found = symbols.find(({ name }) => name === unit);
    if (found === undefined) {
      return this.effective.open(unit);
    }
    await vscode.window.showTextDocument(found.location.uri, { viewColumn: vscode.ViewColumn.One });
  }
}

function page(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const at = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'">
<link rel="stylesheet" href="${at('view.css')}">
<title>Activation Graph</title>
</head>
<body>
<header>
<label>Show <select id="wanted">
<option value="everything">everything</option>
<option value="requirement">what starts and binds</option>
<option value="order">the order</option>
</select></label>
<label><input type="checkbox" id="implied"> also what systemd adds by itself</label>
<span><button id="smaller" title="Smaller (Ctrl and wheel)">−</button> <button id="larger" title="Larger">+</button></span>
<span class="legend"><span class="trigger">━▶</span> triggers <span>┄▷</span> once enabled</span>
</header>
<main id="graph" aria-label="graph of units"></main>
<script nonce="${nonce}" src="${at('view.js')}"></script>
</body>
</html>`;
}
