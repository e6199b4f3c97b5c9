// The workbench as a person uses it: keys, the palette, what is on the screen. Knows VS Code's page, and nothing of units.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds that any single wait may take. */
export const LIMIT = 30_000;

export class Workbench {
  /** `page` is one of a browser; `url` that of the workbench, `artefacts` the folder of screenshots. */
  constructor(page, url, artefacts) {
    Object.assign(this, { page, url, artefacts });
    page.setDefaultTimeout(LIMIT);
  }

  /** Opens a folder and answers the question whether its authors are to be trusted. */
  async open(folder, trusted) {
    this.folder = folder;
    await this.page.goto(`${this.url}?folder=${folder}`);
    const answer = trusted ? 'Yes, I trust the authors' : "No, I don't trust the authors";
    await this.page
      .locator('.monaco-dialog-box')
      .getByText(answer)
      .click({ timeout: 2 * LIMIT });
    await this.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  }

  /** Runs a command of the palette. */
  async command(title) {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input[type=text]');
    await input.fill(`>${title}`);
    const first = this.page.locator('.quick-input-list .monaco-list-row').first();
    await first.filter({ hasText: title.replace(/^\w+: /, '') }).waitFor();
    await input.press('Enter');
  }

  /** The titles that the palette has for some words. */
  async commands(words) {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input[type=text]').fill(`>${words}`);
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    const rows = await this.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return rows.map(row => row.split('\n')[0]);
  }

  /** Opens a file of the folder. */
  async file(name) {
    const label = this.page
      .locator('.explorer-folders-view .monaco-list-row .label-name')
      .getByText(name, { exact: true });
    // The page that welcomes new users may come late, and before the file.
    const end = Date.now() + LIMIT;
    for (;;) {
      await label.dblclick();
      try {
        await this.page.locator('.tab.active', { hasText: name }).first().waitFor({ timeout: LIMIT / 6 });
        await this.editor().locator('.view-line').first().waitFor({ timeout: LIMIT / 6 });
        return;
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
      }
    }
  }

  /** Waits until the tab is the one in front. */
  async tab(title) {
    await this.page.locator('.tab.active', { hasText: title }).first().waitFor();
  }

  /** The editor that has, or had last, the focus. */
  editor() {
    return this.page.locator('.editor-group-container.active .monaco-editor').first();
  }

  /** Puts the cursor onto a line and column, both counted from 1. */
  async goTo(line, column = 1) {
    await this.editor().locator('.view-line').first().click();
    await this.page.keyboard.press('Control+g');
    const input = this.page.locator('.quick-input-widget input[type=text]');
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await input.press('Enter');
    await this.page.locator('.statusbar', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  /** The number of the first line on the disk that begins so, counted from 1. */
  lineOf(name, prefix) {
    const index = this.read(name)
      .split('\n')
      .findIndex(line => line.startsWith(prefix));
    if (index < 0) {
      throw new Error(`${name} has no line that begins with ${prefix}`);
    }
    return index + 1;
  }

  read(name) {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  async save() {
    await this.page.keyboard.press('Control+s');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** The frame inside a webview that shows `selector`. */
  async webview(selector) {
    const end = Date.now() + LIMIT;
    while (Date.now() < end) {
      for (const frame of this.page.frames()) {
        if (
          (await frame
            .locator(selector)
            .count()
            .catch(() => 0)) > 0
        ) {
          return frame;
        }
      }
      await this.page.waitForTimeout(50);
    }
    throw new Error(`no webview shows ${selector}`);
  }

  async picture(name, options = {}) {
    await this.page.screenshot({ path: join(this.artefacts, name), ...options });
  }
}
