// The server's settings as the user said them. VS Code hands out defaults as if they had been said, and an empty
// `select` would then switch every rule off; so only what somebody wrote down is passed on.

import * as vscode from 'vscode';

export type Said = Record<string, unknown>;

const PREFIX = 'unitls.';
/** Ours, and not the server's. */
const OWN = /^unitls\.(server|trace)\./;

/** The names of the server's settings, as package.json has them (generated from the server's schema). */
function names(extension: vscode.Extension<unknown>): string[] {
  const { contributes } = extension.packageJSON as {
    contributes: { configuration: { properties: Record<string, unknown> } };
  };
  const all = Object.keys(contributes.configuration.properties);
  return all.filter(name => !OWN.test(name)).map(name => name.slice(PREFIX.length));
}

/** What was said in the user's and the workspace's settings. */
export function saidSettings(extension: vscode.Extension<unknown>): Said {
  const configuration = vscode.workspace.getConfiguration('unitls');
  const said: Said = {};
  for (const name of names(extension)) {
    const value = configuration.inspect(name);
    if (value?.globalValue !== undefined || value?.workspaceValue !== undefined) {
      said[name] = configuration.get(name);
    }
  }
  return said;
}

/** The same for the command line. */
export function asOptions(said: Said): string[] {
  const options: string[] = [];
  const add = (option: string, value: unknown) => {
    const words = Array.isArray(value) ? value.join(',') : value;
    if (typeof words === 'string' || typeof words === 'number') {
      options.push(`${option}=${words}`);
    }
  };
  add('--systemd-version', said['systemdVersion']);
  add('--system-units', said['systemUnits']);
  add('--scope', said['scope']);
  return options;
}
