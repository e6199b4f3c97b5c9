// Where the server's program is: no `vscode` in here, so that tests can ask without an editor.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export interface Places {
  /** The setting `unitls.server.path`; empty where nobody set it. */
  setting: string;
  /** The folder of the extension. */
  extension: string;
  /** The value of `PATH`. */
  path: string;
  /** The user's home. */
  home: string;
}

export type Found = { program: string; origin: 'setting' | 'extension' | 'PATH' | 'cargo' } | { missing: string };

const NAME = process.platform === 'win32' ? 'unitls.exe' : 'unitls';

/**
 * The program to start. A setting is taken at its word; else the extension's own comes first, then `PATH`, then the
 * place to which `cargo install` puts it (desktops start editors without it on `PATH`). Relative folders on `PATH` do not count: they
 * would let an opened folder choose the program.
 */
export function findServer(places: Places): Found {
  const setting = places.setting.trim().replace(/^~(?=$|[/\\])/, places.home);
  if (setting !== '') {
    if (!isAbsolute(setting)) {
      return { missing: `unitls.server.path has to be an absolute path, and "${setting}" is none.` };
    }
    return isProgram(setting)
      ? { program: setting, origin: 'setting' }
      : { missing: `unitls.server.path says "${setting}", but there is no program of this name.` };
  }
  const own = join(places.extension, 'server', NAME);
  if (isProgram(own)) {
    return { program: own, origin: 'extension' };
  }
  for (const folder of places.path.split(delimiter).filter(isAbsolute)) {
    if (isProgram(join(folder, NAME))) {
      return { program: join(folder, NAME), origin: 'PATH' };
    }
  }
  const cargo = join(places.home, '.cargo', 'bin', NAME);
  if (isProgram(cargo)) {
    return { program: cargo, origin: 'cargo' };
  }
  return { missing: 'The server for systemd units, unitls, is neither on PATH nor in ~/.cargo/bin.' };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
