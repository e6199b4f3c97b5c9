// What package.json promises: the files that are units, and the snippets.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { minimatch } from 'minimatch';
import { serverSettings } from '../scripts/settings.mjs';
import { expand, KINDS, type Snippet } from '../src/snippets';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const { contributes, version } = read('package.json');
const TYPES = 'automount device mount path scope service slice socket swap target timer'.split(' ');

/** Whether VS Code takes a file for a unit: patterns with a `/` are about the path, others about the name. */
function isUnit(path: string): boolean {
  const [{ extensions, filenamePatterns }] = contributes.languages;
  const matches = (pattern: string) =>
    minimatch(pattern.includes('/') ? path : basename(path), pattern, { dot: true, nocase: true, nocomment: true });
  return extensions.some((suffix: string) => path.endsWith(suffix)) || filenamePatterns.some(matches);
}

test('units, drop-ins and the temporary files of systemctl edit have the language', () => {
  for (const type of TYPES) {
    for (const path of [
      `/srv/units/foo.${type}`,
      `/etc/systemd/system/foo@bar.${type}`,
      `/srv/units/foo.${type}.in`,
      `/etc/systemd/system/.#foo.${type}0123456789abcdef`,
      `/srv/.config/systemd/user/.#foo@.${type}aB3xYz`,
      `/srv/units/foo.${type}.d/override.conf`,
      `/srv/units/foo-.${type}.d/10-nginx.conf`,
      `/usr/lib/systemd/user/${type}.d/x.conf`,
      `/etc/systemd/system/foo.${type}.d/.#override.conf0123456789abcdef`,
      `/etc/systemd/system/${type}.d/.#x.conf0123456789abcdef`,
    ]) {
      assert.ok(isUnit(path), path);
    }
  }
  for (const path of ['/etc/systemd/system.conf', '/srv/usr/lib/systemd/user.conf.d/10-x.conf']) {
    assert.ok(isUnit(path), path);
  }
});

test('other files have not', () => {
  for (const path of [
    '/etc/nginx/nginx.conf',
    '/etc/dbus-1/system.conf',
    '/etc/dbus-1/system.d/org.x.conf',
    '/etc/systemd/network/10-eth.network',
    '/etc/systemd/logind.conf',
    '/srv/path.d/x.conf',
    '/srv/foo.service.d/readme.txt',
    '/srv/services',
  ]) {
    assert.ok(!isUnit(path), path);
  }
});

test('the extension and the server have one version', () => {
  const workspace = readFileSync(new URL('../../../Cargo.toml', import.meta.url), 'utf8');
  assert.equal(version, /^version = "(.*)"$/m.exec(workspace)?.[1]);
});

test('commands of the palette exist', () => {
  const known = contributes.commands.map(({ command }: { command: string }) => command);
  const menus: { command: string }[] = Object.values<{ command: string }[]>(contributes.menus).flat();
  assert.deepEqual(
    menus.map(({ command }) => command).filter(command => !known.includes(command)),
    [],
  );
});

test('snippets are units that unitls finds nothing wrong with', context => {
  const server = process.env['UNITLS'];
  if (server === undefined || !existsSync(server)) {
    context.skip('set UNITLS to the server');
    return;
  }
  const snippets = new Map(Object.values<Snippet>(read('snippets/units.json')).map(found => [found.prefix, found]));
  const files = KINDS.flatMap(({ files }, number) =>
    files.map(([ending, prefix]): [string, string, string] => [`unit${number}`, ending, prefix]),
  );
  const prefixes = files.map(([, , prefix]) => prefix);
  assert.deepEqual(prefixes.concat('override').sort(), [...snippets.keys()].sort());
  const folder = mkdtempSync(join(tmpdir(), 'unitls-'));
  try {
    for (const [stem, ending, prefix] of files) {
      const snippet = snippets.get(prefix);
      assert.ok(snippet);
      writeFileSync(join(folder, stem + ending), expand(snippet, stem));
    }
    const options = ['check', '--format=json', '--system-units=none', '--systemd-version=257', folder];
    assert.equal(spawnSync(server, options, { encoding: 'utf8' }).stdout, '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the settings are the server’s, and their defaults are what the server takes where nothing is said', () => {
  const schema = JSON.parse(readFileSync(new URL('../../../docs/unitls.schema.json', import.meta.url), 'utf8'));
  const settings: Record<string, { markdownDescription: string; default: unknown; enum?: unknown[] }> =
    serverSettings();
  assert.deepEqual(
    Object.keys(settings),
    Object.keys(schema.properties).map(name => `unitls.${name}`),
  );
  for (const [name, { description, ...rest }] of Object.entries<{ description: string }>(schema.properties)) {
    const { markdownDescription, default: unsaid, ...setting } = settings[`unitls.${name}`] ?? assert.fail(name);
    assert.equal(markdownDescription.toLowerCase(), `${description}.`.toLowerCase());
    assert.deepEqual(setting, { scope: 'window', ...rest });
    assert.ok(unsaid === 'auto' || Object.keys(unsaid as object).length === 0, `${name}: ${unsaid}`);
  }
  for (const name of Object.keys(contributes.configuration.properties)) {
    assert.match(name, /^unitls\.(server|trace)\./, 'names that the extension keeps from the server');
  }
});
