// The server's life: found, started, restarted, and what the status item says of it.

import { homedir } from 'node:os';
import * as vscode from 'vscode';
import {
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  State,
} from 'vscode-languageclient/node';
import { findServer } from './find';
import { saidSettings } from './settings';
import { type LensArguments, showPlaces } from './starters';

/** Commands of the server that the palette offers where the server has them: `unitls.has.NAME` is then set. */
const OFFERED = ['showEffectiveUnit', 'showStarters', 'showOrder', 'verify', 'security'];

/** Commands whose failures the server tells the user itself. */
const TELLS = ['unitls.verify', 'unitls.security'];

/** Lenses hand them their places. */
const LENSES = ['unitls.showStarters', 'unitls.showOrder'];

/** Shows what the server has answered to one of its commands, whoever gave it. */
export type Show = (client: LanguageClient, command: string, args: unknown[], answer: unknown) => Promise<void>;

export class Server implements vscode.Disposable {
  readonly output = vscode.window.createOutputChannel('unitls', { log: true });
  private readonly status = vscode.languages.createLanguageStatusItem('unitls', { language: 'systemd' });
  private readonly ready = new vscode.EventEmitter<void>();
  /** Said whenever a server has started. */
  readonly onReady = this.ready.event;
  private running: LanguageClient | undefined;
  private found: string | undefined;
  /** Starts and stops, one after the other. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly show: Show,
  ) {
    this.status.name = 'unitls';
    context.subscriptions.push(
      this.output,
      this.status,
      this.ready,
      vscode.workspace.onDidChangeConfiguration(change => {
        if (change.affectsConfiguration('unitls.server')) {
          void this.restart();
        } else if (change.affectsConfiguration('unitls')) {
          this.tellStatus();
        }
      }),
    );
  }

  /** The running server's client. */
  get client(): LanguageClient | undefined {
    return this.running?.isRunning() ? this.running : undefined;
  }

  /** The program, for its command line. */
  get program(): string | undefined {
    return this.found;
  }

  restart(): Promise<void> {
    this.queue = this.queue.then(() => this.stop()).then(() => this.start());
    return this.queue;
  }

  dispose(): Promise<void> {
    this.queue = this.queue.then(() => this.stop());
    return this.queue;
  }

  private async stop(): Promise<void> {
    const client = this.running;
    this.running = undefined;
    offer([]);
    await client?.dispose().catch(error => this.output.warn(`unitls did not stop: ${error}`));
  }

  private async start(): Promise<void> {
    const own = vscode.workspace.getConfiguration('unitls.server');
    const found = findServer({
      setting: own.get('path', ''),
      extension: this.context.extensionPath,
      path: process.env['PATH'] ?? '',
      home: homedir(),
    });
    if ('missing' in found) {
      this.found = undefined;
      this.output.error(found.missing);
      this.tellStatus(found.missing);
      void this.explainMissing(found.missing);
      return;
    }
    this.found = found.program;
    this.output.info(`starting ${found.program} (found by: ${found.origin})`);
    const log = own.get('log', 'warn');
    const options: LanguageClientOptions = {
      documentSelector: [
        { scheme: 'file', language: 'systemd' },
        { scheme: 'untitled', language: 'systemd' },
        { scheme: 'file', pattern: '**/unitls.toml' },
      ],
      initializationOptions: saidSettings(this.context.extension),
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware: this.middleware(),
    };
    const environment = { ...process.env, UNITLS_LOG: log };
    const program = { command: found.program, options: { env: environment } };
    const client = new LanguageClient('unitls', 'unitls', program, options);
    this.running = client;
    client.onDidChangeState(({ newState }) => {
      if (client === this.running) {
        this.tellStatus(newState === State.Stopped ? 'The server has stopped.' : undefined);
      }
    });
    try {
      await client.start();
    } catch (error) {
      const message = `unitls does not start: ${error instanceof Error ? error.message : error}`;
      this.tellStatus(message);
      void this.explainMissing(message);
      return;
    }
    offer(client.initializeResult?.capabilities.executeCommandProvider?.commands ?? []);
    this.tellStatus();
    this.ready.fire();
  }

  private middleware(): Middleware {
    const said = () => saidSettings(this.context.extension);
    return {
      workspace: {
        configuration: params => params.items.map(item => (item.section === 'unitls' ? said() : null)),
        // The server asks for them then.
        didChangeConfiguration: (_, next) => next(undefined),
      },
      provideCompletionItem: async (document, position, context, token, next) => {
        const found = await next(document, position, context, token);
        for (const item of Array.isArray(found) ? found : (found?.items ?? [])) {
          // Behind a directive comes its value.
          if (typeof item.insertText === 'string' && item.insertText.endsWith('=')) {
            item.command = { title: 'Suggest', command: 'editor.action.triggerSuggest' };
          }
        }
        return found;
      },
      executeCommand: async (command, args, next) => {
        const client = this.running;
        if (client !== undefined && LENSES.includes(command) && args.length === 3) {
          return showPlaces(client, args as LensArguments);
        }
        // The palette and key bindings give no arguments: they mean the file that is open.
        const given: unknown[] = args.length > 0 ? args : [vscode.window.activeTextEditor?.document.uri.toString()];
        let answer: unknown;
        try {
          answer = await next(command, given);
        } catch (error) {
          if (TELLS.includes(command)) {
            return undefined;
          }
          throw error;
        }
        if (client !== undefined) {
          await this.show(client, command, given, answer);
        }
        return answer;
      },
    };
  }

  /** What the status item says: `trouble`, or the versions. */
  private tellStatus(trouble?: string): void {
    const client = this.running;
    this.status.busy = client?.state === State.Starting;
    if (trouble !== undefined) {
      this.status.text = '$(error) unitls';
      this.status.detail = trouble;
      this.status.severity = vscode.LanguageStatusSeverity.Error;
      this.status.command = { title: 'Restart', command: 'unitls.restartServer' };
      return;
    }
    const version = client?.initializeResult?.serverInfo?.version;
    this.status.text = version === undefined ? 'unitls' : `unitls ${version}`;
    this.status.detail = this.target();
    this.status.severity = vscode.LanguageStatusSeverity.Information;
    this.status.command = { title: 'Show Output', command: 'unitls.showOutput' };
  }

  /** The systemd that units are judged for, unless a `unitls.toml` says otherwise. */
  private target(): string {
    const said = saidSettings(this.context.extension)['systemdVersion'] ?? 'auto';
    const experimental: unknown = this.running?.initializeResult?.capabilities.experimental;
    const { autoSystemdVersion: auto } = (experimental ?? {}) as { autoSystemdVersion?: number };
    return said === 'auto'
      ? `judges for systemd ${auto ?? 'auto'}`
      : `judges for systemd ${said}, as your settings say`;
  }

  private async explainMissing(message: string): Promise<void> {
    const settings = 'Open Settings';
    const install = 'How to Install';
    const choice = await vscode.window.showErrorMessage(message, settings, install);
    if (choice === settings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'unitls.server');
    } else if (choice === install) {
      await vscode.commands.executeCommand('extension.open', this.context.extension.id);
    }
  }
}

/** Lets the palette offer those commands that the server has. */
function offer(commands: string[]): void {
  for (const command of OFFERED) {
    const has = commands.includes(`unitls.${command}`);
    void vscode.commands.executeCommand('setContext', `unitls.has.${command}`, has);
  }
}
