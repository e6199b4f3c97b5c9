// The extension's entrance: starts the server and gives the palette its commands.

import * as vscode from 'vscode';
import type { LanguageClient, Location } from 'vscode-languageclient/node';
import { createUnits } from './create';
import { EffectiveUnits } from './effective';
import { GraphPanel, type Subject } from './graph/panel';
import { RulePages } from './rules';
import { Server } from './server';
import { type Starter, showPlaces, showStarters } from './starters';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const running = new Server(context, show);
  server = running;
  const effective = new EffectiveUnits(running);
  const graph = new GraphPanel(context, running, effective);
  const rules = new RulePages(running);
  context.subscriptions.push(effective, graph, rules);

  async function show(client: LanguageClient, command: string, given: unknown[], answer: unknown): Promise<void> {
    switch (command) {
      case 'unitls.showEffectiveUnit':
        return effective.show(answer as { uri: string; text: string });
      case 'unitls.showStarters':
        return showStarters(client, answer as Starter[]);
      case 'unitls.showOrder':
        return showPlaces(client, [String(given[0]), { line: 0, character: 0 }, answer as Location[]]);
      case 'unitls.explain':
        return rules.show(String(given[0]));
      case 'unitls.verify':
      case 'unitls.security':
        return showVerdict(answer as Verdict);
    }
  }

  const command = (name: string, act: (...given: never[]) => unknown) => {
    context.subscriptions.push(vscode.commands.registerCommand(name, act));
  };
  command('unitls.restartServer', () => running.restart());
  command('unitls.showOutput', () => running.output.show());
  command('unitls.explainRule', () => rules.choose());
  command('unitls.showGraph', (file?: vscode.Uri) => {
    const subject = subjectOf(file);
    if (subject !== undefined) {
      graph.show(subject);
    }
  });
  command('unitls.showFolderGraph', (folder?: vscode.Uri) => {
    const subject = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
    if (subject !== undefined) {
      graph.show({ folder: subject });
    }
  });
  command('unitls.createUnits', (chosen?: vscode.Uri) => {
    const folder = chosen ?? folderOfWork();
    return folder && createUnits(context.extensionUri, folder);
  });
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.dispose();
}

/** Where new units go: beside the file that is open, else into the workspace. */
function folderOfWork(): vscode.Uri | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  const beside = active?.scheme === 'file' ? vscode.Uri.joinPath(active, '..') : undefined;
  return beside ?? vscode.workspace.workspaceFolders?.[0]?.uri;
}

/** The file of the command, else the one that is open, else the folder. */
function subjectOf(file: vscode.Uri | undefined): Subject | undefined {
  const active = vscode.window.activeTextEditor?.document;
  const unit = file ?? (active?.languageId === 'systemd' && active.uri.scheme === 'file' ? active.uri : undefined);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return unit !== undefined ? { file: unit } : folder && { folder };
}

/** What the server passes on from systemd-analyze; its findings appear beside our own. */
interface Verdict {
  summary: string;
  text: string;
}

async function showVerdict({ summary, text }: Verdict): Promise<void> {
  const all = 'Show Everything';
  if ((await vscode.window.showInformationMessage(summary, all)) === all) {
    const document = await vscode.workspace.openTextDocument({ content: text });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }
}
