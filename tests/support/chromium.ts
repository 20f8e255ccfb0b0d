import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const QUIET = ['gpu', 'quic', 'sync', 'background-networking', 'component-update'].map((part) => `--disable-${part}`);
const executablePath = process.env.CHROMIUM ?? PLACES.find((file) => existsSync(file));

/** Whether tests that need a browser are left out: there is none, and this is no CI run, where they must fail. */
export const noChromium = !executablePath && !process.env.CI;

/** Starts the system's browser (or the one that CHROMIUM names), without a window and without calls to its maker. */
export async function openChromium(): Promise<Browser> {
  if (!executablePath) throw new Error('there is no Chromium; install it (sudo apt install chromium) or name one with CHROMIUM');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--no-first-run', ...QUIET] });
}
