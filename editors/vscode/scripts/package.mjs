// Packs the extension: with a server inside for one platform, or without one for all of them.
//
// usage: node scripts/package.mjs [--target PLATFORM --server UNITLS] [--out FILE.vsix]
//
// PLATFORM is a target of vsce such as linux-x64 (which is what is meant when there is only --server, on such a machine).
// The package is put together in stage/, so that nothing is copied into the source tree.

import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { libraries } from './build.mjs';
import { serverSettings } from './settings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const repository = join(root, '..', '..');
const { values } = parseArgs({
  options: { target: { type: 'string' }, server: { type: 'string' }, out: { type: 'string' } },
});
if (values.target !== undefined && values.server === undefined) {
  console.error('package.mjs: a package for one platform carries the server: say --server UNITLS');
  process.exit(2);
}
const target = values.server && (values.target ?? `${process.platform}-${process.arch}`);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const out = resolve(values.out ?? join(root, `${[manifest.name, target].filter(Boolean).join('-')}.vsix`));

const stage = join(root, 'stage');
rmSync(stage, { recursive: true, force: true });
mkdirSync(join(stage, 'images'), { recursive: true });
const files = ['README.md', 'CHANGELOG.md', 'language-configuration.json', 'dist', 'snippets', 'syntaxes'];
const images = ['icon.png', 'unit-light.svg', 'unit-dark.svg'].map(name => join('images', name));
for (const name of [...files, ...images]) {
  cpSync(join(root, name), join(stage, name), { recursive: true });
}
const licences = ['LICENSE-MIT', 'LICENSE-APACHE'].map(name => readFileSync(join(repository, name), 'utf8'));
const both = 'MIT or Apache-2.0, at your choice.\n\n';
writeFileSync(join(stage, 'LICENSE.txt'), both + licences.join(`\n${'-'.repeat(78)}\n\n`));
// All that is in the stage is packed: said, or vsce warns of it.
writeFileSync(join(stage, '.vscodeignore'), '');
writeFileSync(join(stage, 'NOTICES.txt'), libraries.sort().map(notice).join('\n'));
// What only those who build it need. `private` keeps npm from publishing, and vsce from packing.
const { private: _private, scripts: _scripts, devDependencies: _dependencies, ...published } = manifest;
const { configuration } = published.contributes;
configuration.properties = { ...serverSettings(), ...configuration.properties };
writeFileSync(join(stage, 'package.json'), JSON.stringify(published));
if (values.server !== undefined) {
  const name = target.startsWith('win32') ? 'unitls.exe' : 'unitls';
  mkdirSync(join(stage, 'server'));
  cpSync(resolve(values.server), join(stage, 'server', name), { dereference: true });
  chmodSync(join(stage, 'server', name), 0o755);
}

/** Name and licence of a library that is part of the bundles. */
function notice(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8')}\n`;
}

mkdirSync(dirname(out), { recursive: true });
// Pictures of the README are not packed; the page shows those of the repository.
const base = `${manifest.repository.url}/raw/HEAD/${manifest.repository.directory}`;
await createVSIX({ cwd: stage, packagePath: out, dependencies: false, target, baseImagesUrl: base });
console.log(`${out}: ${(statSync(out).size / 1024).toFixed(0)} KiB`);
