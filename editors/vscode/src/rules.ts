// The pages of the rules and directives, as `unitls explain` prints them.

import * as vscode from 'vscode';
import { run } from './program';
import type { Server } from './server';

const SCHEME = 'unitls-page';

export class RulePages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(private readonly server: Server) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return this.ask([uri.path.slice(1).replace(/\.md$/, '')]);
  }

  /** The page of a rule, or the help of a directive. */
  async show(subject: string): Promise<void> {
    const page = vscode.Uri.from({ scheme: SCHEME, path: `/${subject}.md` });
    await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
  }

  dispose(): void {
    this.registration.dispose();
  }

  /** Lets the user choose among all rules, those that have a word on the cursor's line first. */
  async choose(): Promise<void> {
    const here = codesHere();
    const all = parseList(await this.ask(['--list']));
    const items: vscode.QuickPickItem[] = [];
    const add = (title: string, rules: Rule[]) => {
      items.push({ label: title, kind: vscode.QuickPickItemKind.Separator });
      items.push(...rules.map(rule => ({ label: rule.code, description: rule.severity, detail: rule.summary })));
    };
    add(
      'on this line',
      all.filter(rule => here.has(rule.code)),
    );
    add(
      'all rules',
      all.filter(rule => !here.has(rule.code)),
    );
    const options = { placeHolder: 'Which rule?', matchOnDetail: true };
    const chosen = await vscode.window.showQuickPick(items, options);
    if (chosen !== undefined) {
      await this.show(chosen.label);
    }
  }

  private async ask(words: string[]): Promise<string> {
    const { program } = this.server;
    if (program === undefined) {
      throw new Error('unitls was not found');
    }
    return run(program, ['explain', ...words]);
  }
}

interface Rule {
  code: string;
  severity: string;
  summary: string;
}

/** Reads what `unitls explain --list` prints. */
function parseList(text: string): Rule[] {
  const lines = text.split('\n').map(line => /^(\S+)\s+(\S+)\s+(.*)$/.exec(line));
  return lines.flatMap(found => {
    const [, code, severity, summary] = found ?? [];
    return code && severity && summary ? [{ code, severity, summary }] : [];
  });
}

/** The codes of the findings on the cursor's line. */
function codesHere(): Set<string> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return new Set();
  }
  const { line } = editor.selection.active;
  const findings = vscode.languages.getDiagnostics(editor.document.uri);
  const near = findings.filter(
    ({ source, range }) => source === 'unitls' && range.start.line <= line && line <= range.end.line,
  );
  return new Set(near.map(({ code }) => String(typeof code === 'object' ? code.value : code)));
}
