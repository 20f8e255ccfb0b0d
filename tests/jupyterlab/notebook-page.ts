import type { Browser, Locator, Page } from 'playwright-core';

/** Long, for a computer that is busy with other tests. */
const PATIENCE_MS = 240_000;

/** A notebook open in JupyterLab, as a reader uses it. */
export class NotebookPage {
  readonly page: Page;
  /** What the page complained about in its console. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(`${message.text()} (${message.location().url})`));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  static async open(browser: Browser, url: string): Promise<NotebookPage> {
    const notebook = new NotebookPage(await browser.newPage({ viewport: { width: 1280, height: 900 } }));
    notebook.page.setDefaultTimeout(PATIENCE_MS);
    await notebook.page.goto(url);
    await notebook.ready();
    return notebook;
  }

  /** Waits until the notebook is drawn and its kernel idle. */
  async ready(): Promise<void> {
    await this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell').first().waitFor();
    await this.page.getByText('TypeScript (Lemmata) | Idle').waitFor();
  }

  get cells(): Locator {
    return this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell');
  }

  async runAll(): Promise<void> {
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click();
    await this.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click();
    await this.finished();
  }

  /** Waits until no cell is waiting or running. */
  async finished(): Promise<void> {
    const allNumbered = () => {
      const prompts = [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .jp-InputArea-prompt')];
      return prompts.length > 0 && prompts.every((prompt) => /^\[\d+\]:$/.test(prompt.textContent ?? ''));
    };
    await this.page.waitForFunction(allNumbered);
  }

  /** Runs one code cell and does not wait for it. */
  async start(index: number): Promise<Locator> {
    const cell = this.cells.nth(index);
    await cell.locator('.jp-InputArea-prompt').click();
    await this.page.keyboard.press('Control+Enter');
    return cell;
  }

  async run(index: number): Promise<string> {
    const cell = await this.start(index);
    await cell.locator('.jp-InputArea-prompt', { hasText: /^\[\d+\]:$/ }).waitFor();
    return (await cell.locator('.jp-OutputArea-output').allInnerTexts()).join('\n').trim();
  }

  /** Types a new cell below the last one and runs it: what it showed. */
  async type(code: string): Promise<string> {
    await this.cells.last().locator('.jp-InputArea-prompt').click();
    await this.page.keyboard.press('b');
    await this.page.keyboard.press('Enter');
    await this.page.keyboard.insertText(code);
    await this.page.keyboard.press('Escape');
    return this.run((await this.cells.count()) - 1);
  }

  /** Presses the interrupt button: milliseconds from the press until the cell's prompt was back. */
  async interrupt(cell: Locator): Promise<number> {
    const prompt = await cell.locator('.jp-InputArea-prompt').elementHandle();
    const waited = this.page.evaluate((prompt) => {
      let pressed = 0;
      document.addEventListener('mousedown', () => (pressed = performance.now()), { capture: true, once: true });
      return new Promise<number>((resolve) => {
        const watch = setInterval(() => {
          if (!pressed || prompt.textContent.includes('*')) return;
          clearInterval(watch);
          resolve(performance.now() - pressed);
        }, 2);
      });
    }, prompt);
    await this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) [data-jp-item-name="interrupt"] jp-button').click();
    return waited;
  }

  /** What cells showed as errors or on stderr. */
  failures(): Promise<string[]> {
    const kinds = ['error', 'stderr'].map((kind) => `[data-mime-type="application/vnd.jupyter.${kind}"]`);
    return this.page.locator(kinds.join()).allInnerTexts();
  }

  count(selector: string): Promise<number> {
    return this.page.locator(`.jp-NotebookPanel:not(.lm-mod-hidden) ${selector}`).count();
  }
}
