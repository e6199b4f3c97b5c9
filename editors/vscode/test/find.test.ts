// Where the server's program is looked for, and in which order.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { findServer, type Places } from '../src/find';

const root = mkdtempSync(join(tmpdir(), 'unitls-'));
after(() => rmSync(root, { recursive: true }));

function program(...path: string[]): string {
  const file = join(root, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

const setting = program('chosen', 'server');
const bundled = program('extension', 'server', 'unitls');
const onPath = program('bin', 'unitls');
const cargo = program('home', '.cargo', 'bin', 'unitls');
const everywhere: Places = {
  setting,
  extension: join(root, 'extension'),
  path: `${join(root, 'empty')}:${join(root, 'bin')}`,
  home: join(root, 'home'),
};
const nowhere: Places = { setting: '', extension: root, path: '', home: root };

test('what the user says counts, then what comes with the extension, then PATH, then cargo', () => {
  assert.deepEqual(findServer(everywhere), { program: setting, origin: 'setting' });
  const unsaid = { ...everywhere, setting: '' };
  assert.deepEqual(findServer(unsaid), { program: bundled, origin: 'extension' });
  const universal = { ...unsaid, extension: root };
  assert.deepEqual(findServer(universal), { program: onPath, origin: 'PATH' });
  assert.deepEqual(findServer({ ...universal, path: '/no/such' }), { program: cargo, origin: 'cargo' });
  assert.deepEqual(findServer({ ...everywhere, setting: '~/.cargo/bin/unitls' }), {
    program: cargo,
    origin: 'setting',
  });
});

test('a wrong setting is told of, and nothing else is started in its place', () => {
  for (const wrong of ['/no/such/unitls', root, 'unitls', './unitls']) {
    const found = findServer({ ...everywhere, setting: wrong });
    assert.ok('missing' in found && found.missing.includes(wrong), wrong);
  }
});

test('relative folders on PATH do not count', () => {
  const folder = process.cwd();
  try {
    process.chdir(root);
    assert.ok('missing' in findServer({ ...nowhere, path: 'bin:./bin::.' }));
  } finally {
    process.chdir(folder);
  }
});

test('where there is none, it says so', () => {
  assert.ok('missing' in findServer(nowhere));
});
