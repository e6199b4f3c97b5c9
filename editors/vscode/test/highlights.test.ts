// The TextMate grammar colours what the tree-sitter grammar colours: both are held against grammar/test/highlights.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

const repository = new URL('../../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, repository), 'utf8');

/** The captures of grammar/queries/highlights.scm, and the scopes that stand for them; themes know these. */
const CAPTURES: [capture: string, scope: string][] = [
  ['comment', 'comment.line'],
  ['punctuation.bracket', 'punctuation.definition.section'],
  ['module', 'entity.name.namespace'],
  ['property', 'variable.other.property'],
  ['operator', 'keyword.operator'],
  ['punctuation.special', 'punctuation.separator.continuation'],
  ['string.special.path', 'string.unquoted.path'],
  ['string.special.url', 'string.unquoted.link'],
  ['string.special.symbol', 'support.class.unit'],
  ['string', 'string.unquoted.systemd'],
  ['string', 'string.quoted'],
  ['string.escape', 'constant.character.escape'],
  ['constant.macro', 'constant.other.placeholder'],
  ['variable', 'variable.other'],
  ['boolean', 'constant.language.boolean'],
  ['number', 'constant.numeric'],
  ['constant.builtin', 'constant.language.infinity'],
  ['function.call', 'entity.name.function'],
  ['error', 'invalid.illegal'],
];

function captureOf(scopes: string[]): string {
  const scope = scopes.at(-1) ?? '';
  return CAPTURES.find(([, prefix]) => scope.startsWith(prefix))?.[0] ?? '';
}

/** Runs of one colour, as grammar/tests/highlights.rs writes them. */
function runs(number: number, line: string, tokens: textmate.IToken[]): string[] {
  const found: { column: number; colour: string; text: string }[] = [];
  let blank = true;
  [...line].forEach((char, index) => {
    const token = tokens.find(({ startIndex, endIndex }) => startIndex <= index && index < endIndex);
    const colour = captureOf(token?.scopes ?? []);
    const last = found.at(-1);
    if (/\s/.test(char)) {
      blank = true;
      return;
    }
    if (!blank && last?.colour === colour) {
      last.text += char;
    } else {
      found.push({ column: index + 1, colour, text: char });
    }
    blank = false;
  });
  return found.map(({ column, colour, text }) => `${number}:${column}-${column + text.length} ${colour} ${text}`);
}

async function grammar(): Promise<textmate.IGrammar> {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
      createOnigString: text => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => {
      const name = 'editors/vscode/syntaxes/systemd.tmLanguage.json';
      return textmate.parseRawGrammar(read(name), name);
    },
  });
  const loaded = await registry.loadGrammar('source.systemd');
  assert.ok(loaded);
  return loaded;
}

test('the TextMate grammar and the tree-sitter grammar agree', async () => {
  const units = await grammar();
  let state = textmate.INITIAL;
  const lines = read('grammar/test/highlights/units.service').split('\n');
  const found = lines.flatMap((line, index) => {
    const { tokens, ruleStack } = units.tokenizeLine(line, state);
    state = ruleStack;
    return runs(index + 1, line, tokens);
  });
  const expected = read('grammar/test/highlights/units.captures').trimEnd().split('\n');
  const wrong = found.filter(run => !expected.includes(run));
  const missing = expected.filter(run => !found.includes(run));
  assert.deepEqual({ wrong, missing }, { wrong: [], missing: [] });
  assert.equal(found.length, expected.length);
});
