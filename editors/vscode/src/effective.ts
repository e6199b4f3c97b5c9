// The effective unit: documents of the scheme `unitls-effective`, whose text the server gives.

import * as vscode from 'vscode';
import type { Server } from './server';

const SCHEME = 'unitls-effective';

interface Effective {
  uri: string;
  text: string;
}

export class EffectiveUnits implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registrations: vscode.Disposable[];
  private soon: NodeJS.Timeout | undefined;

  constructor(private readonly server: Server) {
    // Folders as well: nobody tells of what was put into one while it was made.
    const disk = vscode.workspace.createFileSystemWatcher('**/*.{service,socket,timer,path,mount,target,slice,conf,d}');
    const touched = () => this.refreshSoon();
    this.registrations = [
      disk,
      disk.onDidCreate(touched),
      disk.onDidChange(touched),
      disk.onDidDelete(touched),
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      server.onReady(() => this.refresh()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === 'systemd' && document.uri.scheme === 'file') {
          this.refreshSoon();
        }
      }),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const client = this.server.client;
    if (client === undefined) {
      return '# The server does not run.\n';
    }
    const answer = await client.sendRequest<Effective>('unitls/effectiveUnit', { uri: uri.toString() });
    return answer.text;
  }

  /** Shows what the server has merged beside the text that is open. */
  async show(answer: Effective): Promise<void> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(answer.uri));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }

  /** The merged unit of a name. */
  async open(unit: string): Promise<void> {
    const answer = await this.server.client?.sendRequest<Effective>('unitls/effectiveUnit', { unit });
    if (answer !== undefined) {
      await this.show(answer);
    }
  }

  dispose(): void {
    clearTimeout(this.soon);
    vscode.Disposable.from(...this.registrations).dispose();
  }

  /** Once nothing more has changed for a moment; the server has heard of it, too, by then. */
  private refreshSoon(): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.refresh(), 400);
  }

  /** The texts of those that are open may be other ones now. */
  private refresh(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === SCHEME) {
        this.changed.fire(document.uri);
      }
    }
  }
}
