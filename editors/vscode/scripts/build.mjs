// Bundles the extension and the view of the graph into dist/.
//
// usage: node scripts/build.mjs [--watch] [--tests]     with --tests the unit tests go into out/ as well

import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

/** The libraries that went into the bundles. */
export const libraries = [];

const root = fileURLToPath(new URL('..', import.meta.url));
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
};
const bundles = [
  {
    ...common,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    ...common,
    entryPoints: ['src/graph/view.ts', 'src/graph/view.css'],
    outdir: 'dist',
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
  },
];
if (process.argv.includes('--tests')) {
  rmSync(`${root}/out`, { recursive: true, force: true });
  const tests = readdirSync(`${root}/test`).filter(name => name.endsWith('.test.ts'));
  bundles.push({
    ...common,
    minify: false,
    entryPoints: tests.map(name => `test/${name}`),
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
  });
}
if (process.argv.includes('--watch')) {
  const contexts = await Promise.all(bundles.map(bundle => esbuild.context(bundle)));
  await Promise.all(contexts.map(context => context.watch()));
} else {
  rmSync(`${root}/dist`, { recursive: true, force: true });
  const built = await Promise.all(bundles.map(bundle => esbuild.build({ ...bundle, metafile: true })));
  const files = built.slice(0, 2).flatMap(({ metafile }) => Object.keys(metafile.inputs));
  libraries.push(...new Set(files.flatMap(file => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? [])));
}
