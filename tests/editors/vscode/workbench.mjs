// What somebody sees who opens a socket and its service in VS Code: drives the workbench that run.sh has started.
//
// The files are those of tests/units/diceroll: a server whose author takes TimeoutStartSec= for an idle timeout.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LIMIT, Workbench } from './page.mjs';

const { chromium } = createRequire(`${process.env.UNITLS_VSCODE}/`)('playwright-core');
const names = ['url', 'chromium', 'scratch', 'artefacts', 'server'];
const { values } = parseArgs({ options: Object.fromEntries(names.map(name => [name, { type: 'string' }])) });

let count = 0;
let failed = 0;

/** One expectation: prints a TAP line, and below it what went wrong, with a picture. */
async function step(name, act) {
  count += 1;
  const begin = Date.now();
  try {
    await act();
    console.log(`ok ${count} - ${name} # ${Date.now() - begin} ms`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${count} - ${name}`);
    console.log(
      `#   ${String(error.message ?? error)
        .split('\n')
        .slice(0, 12)
        .join('\n#   ')}`,
    );
    await code.picture(`failed-${count}.png`).catch(() => {});
    await page.keyboard.press('Escape').catch(() => {});
  }
}

function expect(holds, saw) {
  if (!holds) {
    throw new Error(`saw: ${typeof saw === 'string' ? saw : JSON.stringify(saw, undefined, 1)}`);
  }
}

/** Waits until `look` gives something that `holds`. */
async function eventually(look, holds) {
  const end = Date.now() + LIMIT;
  for (;;) {
    const saw = await look();
    if (holds(saw)) {
      return saw;
    }
    if (Date.now() > end) {
      expect(false, saw);
    }
    await page.waitForTimeout(50);
  }
}

/** The messages of the findings, as the command line tells them. */
function findings(folder) {
  let text;
  try {
    text = execFileSync(values.server, ['check', '--format=json', folder], { encoding: 'utf8' });
  } catch (error) {
    text = error.stdout; // exit status 1: there are findings
  }
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line).message);
}

/** The servers that run out of the extension. */
function servers() {
  const numbers = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return numbers.filter(number => {
    try {
      return readlinkSync(`/proc/${number}/exe`).startsWith(join(values.scratch, 'extensions'));
    } catch {
      return false;
    }
  });
}

const browser = await chromium.launch({
  executablePath: values.chromium,
  args: ['--no-sandbox', '--disable-background-networking', '--force-color-profile=srgb'],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
const code = new Workbench(page, values.url, values.artefacts);
const unit = 'diceroll.service';

// A folder that nobody trusts.
const strange = join(values.scratch, 'strange');
await step('a folder is opened in restricted mode', () => code.open(strange, false));
await step('units are judged there as well', async () => {
  await code.file(unit);
  await page.locator('.squiggly-error').first().waitFor();
});
await step('the program that the folder names as the server is not run', async () => {
  expect(!existsSync(join(values.scratch, 'strange-program-ran')), 'it was run');
  expect(servers().length === 1, `${servers().length} servers run`);
});

// One that its user trusts.
const folder = join(values.scratch, 'diceroll');
await step('a folder is opened', () => code.open(folder, true));
await step('a unit has the language of units', async () => {
  await code.file(unit);
  await page.locator('.statusbar-item', { hasText: 'systemd unit' }).waitFor();
});
await step('errors and remarks are underlined', async () => {
  await code.editor().locator('.squiggly-error').first().waitFor();
  await code.editor().locator('.squiggly-info').first().waitFor();
});
await step('the problems are those of the command line, word for word', async () => {
  await code.command('View: Focus Problems');
  const expected = findings(folder);
  const rows = page.locator('.markers-panel .monaco-list-row');
  const shown = await eventually(
    async () => (await rows.allInnerTexts()).join('\n').replace(/\s+/g, ' '),
    text => expected.every(message => text.includes(message.replace(/\s+/g, ' '))),
  );
  expect(expected.length >= 3, shown);
  await code.command('View: Toggle Minimap');
  await page.locator('.minimap').first().waitFor({ state: 'hidden' });
  // The messages need the room. An editor that nobody has been in may show no lens yet.
  await code.command('View: Toggle Primary Side Bar Visibility');
  await code.goTo(1, 1);
  await code.editor().locator('.codelens-decoration a').first().waitFor();
  await code.command('View: Focus Problems');
  await code.picture('problems.png');
  await code.command('View: Toggle Primary Side Bar Visibility');
});
await step('hover says what a directive does', async () => {
  await code.goTo(code.lineOf(unit, 'Type='), 2);
  await code.command('Show or Focus Hover');
  const hover = page.locator('.monaco-hover:not(.hidden) .hover-contents').first();
  await eventually(
    () => hover.innerText(),
    text => /Type=/.test(text) && /simple/.test(text),
  );
  await page.waitForTimeout(500); // it fades in
  await code.picture('hover.png');
  await page.keyboard.press('Escape');
});
await step('a directive is completed, and its values are offered', async () => {
  await code.goTo(code.lineOf(unit, 'Type='), 1);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Restar');
  const list = page.locator('.suggest-widget.visible .monaco-list-row');
  await eventually(
    () => list.allInnerTexts(),
    rows => rows.some(row => /^RestartSec\b/.test(row)),
  );
  await code.picture('completion.png');
  await list
    .filter({ hasText: /^Restart=?\b(?!Sec)/ })
    .first()
    .click();
  await list.filter({ hasText: 'on-failure' }).first().waitFor();
  await page.keyboard.press('Escape');
  await code.save();
  await eventually(
    () => code.read(unit),
    text => /^Restart=$/m.test(text),
  );
});
await step('a value is completed', async () => {
  await page.keyboard.press('Control+Space');
  const list = page.locator('.suggest-widget.visible .monaco-list-row');
  await list.filter({ hasText: 'on-failure' }).first().click();
  await code.save();
  await eventually(
    () => code.read(unit),
    text => /^Restart=on-failure$/m.test(text),
  );
});
await step('a quick fix mends the line with the comment', async () => {
  await code.goTo(code.lineOf(unit, 'TimeoutStartSec='), 25);
  await page.keyboard.press('Control+.');
  const actions = page.locator('.action-widget .monaco-list-row.action');
  await actions.first().waitFor();
  await actions.and(page.locator('.focused', { hasText: /comment/i })).waitFor();
  await page.keyboard.press('Enter');
  await code.save();
  await eventually(
    () => code.read(unit),
    text => /^TimeoutStartSec=1min$/m.test(text),
  );
});
await step('the status item tells of the versions', async () => {
  await page
    .locator('.statusbar-item', { hasText: '{}' })
    .or(page.locator('[id="status.languageStatus"]'))
    .first()
    .click();
  const hover = page.locator('.hover-language-status', { hasText: 'unitls' });
  await eventually(
    () => hover.first().innerText(),
    text => /unitls \d+\.\d+\.\d+/.test(text) && /systemd \d{3}/.test(text),
  );
});
await step('the document is formatted', async () => {
  await code.goTo(code.lineOf(unit, 'Type='), 1);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Nice  =  5');
  await code.command('Format Document');
  await code.save();
  await eventually(
    () => code.read(unit),
    text => /^Nice=5$/m.test(text),
  );
});
await step('systemd-analyze is asked when somebody asks', async () => {
  await code.command('unitls: Run systemd-analyze verify on This File');
  const toast = page.locator('.notification-toast', { hasText: 'systemd-analyze' });
  await toast.getByText('Show Everything').waitFor();
  await page.keyboard.press('Escape');
  await code.command('Notifications: Clear All Notifications');
});
await step('the effective unit is shown, and follows the unit', async () => {
  await code.command('unitls: Show Effective Unit');
  const merged = page.locator('.editor-group-container').nth(1);
  await merged.locator('.view-line', { hasText: 'ExecStop' }).first().waitFor();
  await code.picture('effective-unit.png');
  mkdirSync(join(folder, `${unit}.d`));
  writeFileSync(join(folder, `${unit}.d`, 'override.conf'), '[Service]\nNice=7\n');
  await merged
    .locator('.view-line', { hasText: /Nice=7/ })
    .first()
    .waitFor();
  await code.command('View: Close All Editors');
});
await step('what can start a unit is listed', async () => {
  await code.file(unit);
  await code.command('unitls: Show What Can Start This Unit');
  const rows = page.locator('.quick-input-list .monaco-list-row');
  await eventually(
    () => rows.allInnerTexts(),
    texts => texts.some(text => /diceroll\.socket[^]*port 5000/.test(text)),
  );
  await code.picture('starters.png');
  await rows.filter({ hasText: 'diceroll.socket' }).first().click();
  await code.tab('diceroll.socket');
});
await step('a lens says what starts a unit, and shows where', async () => {
  await code.file(unit);
  const lens = code.editor().locator('.codelens-decoration a', { hasText: 'Started by: diceroll.socket' });
  await lens.click();
  const peek = page.locator('.reference-zone-widget');
  await peek.locator('.ref-tree .monaco-list-row', { hasText: 'diceroll.socket' }).first().waitFor();
  await page.keyboard.press('Escape');
  await peek.waitFor({ state: 'detached' });
});
await step('the call hierarchy leads to the socket', async () => {
  await code.goTo(1);
  await code.command('Peek Call Hierarchy');
  await page.locator('.call-hierarchy .monaco-list-row', { hasText: 'diceroll.socket' }).first().waitFor();
  await code.picture('call-hierarchy.png');
  await page.keyboard.press('Escape');
  await code.command('View: Close All Editors');
});
await step('the graph is drawn', async () => {
  await code.command('View: Hide Panel');
  await code.file(unit);
  await code.command('View: Toggle Primary Side Bar Visibility');
  await code.command('unitls: Show Activation Graph of This Unit');
  const view = await code.webview('svg .unit');
  const units = await eventually(
    () => view.locator('.unit text').allTextContents(),
    texts => ['diceroll.service', 'diceroll.socket'].every(name => texts.includes(name)),
  );
  expect(!units.includes('diceroll.timer'), units);
  const labels = await view.locator('.edge text').allTextContents();
  expect(
    labels.some(label => label.includes('Triggers')),
    labels,
  );
  await code.picture('graph.png', { clip: { x: 0, y: 0, width: 1200, height: 430 } });
  await code.command('View: Toggle Primary Side Bar Visibility');
});
await step('the graph can show other relations, and the order', async () => {
  const view = await code.webview('svg .unit');
  const labels = () => view.locator('.edge text').allTextContents();
  await view.locator('#wanted').selectOption('requirement');
  await eventually(labels, texts => texts.length > 0 && texts.every(text => !/After|Before/.test(text)));
  await view.locator('#implied').check();
  await eventually(
    () => view.locator('.unit text').allTextContents(),
    units => units.includes('system.slice'),
  );
  const width = () => view.locator('svg').evaluate(picture => picture.getBoundingClientRect().width);
  const before = await width();
  await view.locator('#larger').click();
  expect((await width()) > before, before);
  await view.locator('#implied').uncheck();
  await view.locator('#wanted').selectOption('everything');
});
await step('a click on a unit opens it', async () => {
  const view = await code.webview('svg .unit');
  await view.locator('[data-unit="diceroll.socket"]').click();
  await code.tab('diceroll.socket');
});
await step('a timer and its service are made', async () => {
  await code.command('unitls: New Unit');
  const input = page.locator('.quick-input-widget input[type=text]');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Timer and its service' }).click();
  await page.locator('.quick-input-message', { hasText: 'without .timer and .service' }).waitFor();
  await input.fill('backup');
  await input.press('Enter');
  await code.tab('backup.timer');
  expect(/^OnCalendar=daily$/m.test(code.read('backup.timer')), code.read('backup.timer'));
  expect(/^Description=backup$/m.test(code.read('backup.service')), code.read('backup.service'));
});
await step('a rule is explained', async () => {
  await code.command('unitls: Explain a Rule');
  const input = page.locator('.quick-input-widget input[type=text]');
  await input.fill('inline-comment');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'inline-comment' }).first().waitFor();
  await input.press('Enter');
  await code.webview('h1:has-text("inline-comment")');
  await code.command('View: Close All Editors');
});
await step('a program that is not there is told of, with a way out', async () => {
  const settings = join(values.scratch, 'data', 'data', 'Machine', 'settings.json');
  mkdirSync(join(settings, '..'), { recursive: true });
  writeFileSync(settings, '{ "unitls.server.path": "/no/such/unitls" }');
  const toast = page.locator('.notification-toast', { hasText: '/no/such/unitls' });
  await toast.waitFor();
  await toast.getByText('How to Install').waitFor();
  await page.waitForTimeout(500); // it slides in
  await code.picture('missing.png');
  await toast.getByText('Open Settings').click();
  // The machine's own settings are those of the workbench's server here.
  await page
    .locator('.settings-editor')
    .getByText(/^Remote/)
    .click();
  await page.locator('.settings-editor [data-key="unitls.server.path"]').first().waitFor();
  expect(servers().length === 0, 'the old server still runs');
  writeFileSync(settings, '{}');
  await code.command('View: Close All Editors');
  await code.file(unit);
  await code.editor().locator('.squiggly-error, .squiggly-warning').first().waitFor();
});
await step('no server is left when the window is gone', async () => {
  expect(servers().length === 1, `${servers().length} servers run`);
  await page.goto('about:blank');
  const end = Date.now() + LIMIT;
  while (servers().length > 0 && Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  expect(servers().length === 0, `${servers().length} servers run`);
});

await browser.close();
console.log(`1..${count}`);
process.exit(failed === 0 ? 0 : 1);
