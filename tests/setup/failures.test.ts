import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Checkout, makeCheckout } from './checkout.js';

let checkout: Checkout;
afterEach(() => checkout?.dispose());

/** What set-up says when it gives up: its last paragraph, as one line. */
const paragraph = (output: string) => output.trim().split('\n\n').at(-1)!.replaceAll('\n', ' ');

/** A PATH with npm and Node, and nothing else but the named scripts. */
function pathWith(scripts: Record<string, string>): string {
  const folder = join(checkout.at, 'path');
  mkdirSync(folder);
  for (const name of ['npm', 'node', 'sh', 'env']) {
    const [found] = spawnSync('which', [name], { encoding: 'utf8', env: { PATH: checkout.path } }).stdout.split('\n');
    symlinkSync(found, join(folder, name));
  }
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describe('set-up that cannot go on', { timeout: 120_000 }, () => {
  it.each([
    ['there is no Python', {}, 'no python3 is there'],
    ['Python is too old', { python3: 'echo 3.8.2 /usr/bin/python3' }, 'python3 is 3.8.2'],
    ['Python lacks its venv module', { python3: 'echo 3.11.2 /usr/bin/python3; exit 1' }, 'python3 is 3.11.2 without its venv module'],
  ])('says what to install when %s', async (_, scripts, found) => {
    checkout = await makeCheckout();
    const { status, output } = await checkout.setUp({ extra: { PATH: pathWith(scripts) } });
    expect(status).toBe(1);
    expect(paragraph(output)).toBe(
      'Lemmata needs Python 3.10 to 3.14 with its venv module, for JupyterLab and for OpenVINO, which trains the models: ' +
        `${found}. Install it: \`sudo apt install python3 python3-venv\` (Debian, Ubuntu) or \`brew install python@3.13\` (macOS), ` +
        'or name another with LEMMATA_PYTHON; then run the same command again.',
    );
  });

  it('says so when there is no network, for npm and then for Python', async () => {
    checkout = await makeCheckout();
    const { status, output } = await checkout.setUp({
      extra: { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' },
    });
    expect(status).toBe(1);
    expect(paragraph(output)).toMatch(/^There is no network, or a proxy is in the way, so npm packages could not be downloaded\./);
    expect(existsSync(join(checkout.at, 'node_modules'))).toBe(false);
    const second = await checkout.setUp({ extra: { PIP_INDEX_URL: 'http://127.0.0.1:9/simple/', PIP_RETRIES: '0' } });
    expect(paragraph(second.output)).toMatch(
      /^There is no network, or a proxy is in the way, so the Python environment .* could not be downloaded\./,
    );
    expect(existsSync(join(checkout.at, '.venv'))).toBe(false);
  });

  it('refuses a download that is not the pinned one', async () => {
    checkout = await makeCheckout();
    checkout.write('requirements.txt', checkout.read('requirements.txt').replace(/sha256:..../, 'sha256:0000'));
    const { status, output } = await checkout.setUp();
    expect(status).toBe(1);
    expect(paragraph(output)).toMatch(/^A download for the Python environment .* does not have the hash that this version of Lemmata pins/);
    expect(existsSync(join(checkout.at, '.venv'))).toBe(false);
  });

  it('says that the disk is full, leaves nothing half-made, and goes on when there is room', async () => {
    const disk = smallDisk();
    try {
      checkout = await makeCheckout({ at: disk.folder, ballast: 12_000_000 });
      const { status, output } = await checkout.setUp({ extra: { TMPDIR: disk.folder }, blocks: disk.blocks });
      expect(status, output).toBe(1);
      expect(paragraph(output)).toMatch(
        /^The disk is full, so (npm packages|a place for Python packages|the Python environment .*) could not be installed\. .*free some space/,
      );
      expect(existsSync(join(disk.folder, '.venv'))).toBe(false);
      expect(readdirSync(join(disk.folder, '.lemmata')).filter((name) => name === 'making' || name === 'lock')).toEqual([]);
      disk.grow();
      expect((await checkout.setUp()).output).toMatch(/the default data: done/);
    } finally {
      disk.remove();
    }
  });

  it('names a free port when the one asked for is taken', async () => {
    checkout = await makeCheckout();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { status, output } = await checkout.begin(['scripts/start.mjs', '--port', String(port)]).ended;
    server.close();
    expect(status).toBe(1);
    expect(paragraph(output)).toMatch(
      new RegExp(
        `^Port ${port} is in use, .* Choose another, \`npm start -- --port \\d+\`, or end the program that holds it: \`lsof -i :${port}\``,
      ),
    );
  });

  it.each([
    ['--port 80x', '--port 80x: a port is a whole number from 1 to 65535'],
    ['--open', "Unknown option '--open'"],
  ])('explains its options when given %s', async (args, message) => {
    checkout = await makeCheckout();
    const { status, output } = await checkout.begin(['scripts/start.mjs', ...args.split(' ')]).ended;
    expect(status).toBe(1);
    expect(paragraph(output)).toContain(message);
    expect(paragraph(output)).toContain('Usage: npm start -- [--no-browser] [--port 8888]');
  });
});

describe('a computer that cannot run it', () => {
  it.each([
    ['win32', 'x64', '24.1.0', /^On Windows Lemmata runs inside WSL2: /],
    [
      'linux',
      'x64',
      '20.18.3',
      /^Lemmata needs Node 20\.19 or later here: this is Node 20\.18\.3\..*`sudo apt install nodejs npm`.*`brew install node`/,
    ],
    ['darwin', 'arm64', '22.11.0', /^Lemmata needs Node 22\.12 or later here: this is Node 22\.11\.0\./],
    ['darwin', 'x64', '20.19.0', /^$/],
  ])('is told in one line: %s, %s, Node %s', async (platform, arch, node, line) => {
    const { checkPlatform } = await import(join(import.meta.dirname, '../../scripts/bootstrap/node.mjs'));
    let said = '';
    try {
      checkPlatform({ platform, arch, versions: { node } });
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(line);
    expect(said).not.toContain('\n');
  });
});

/** A folder with less room than set-up needs: a small file system where we may mount one, else a limit on the size of files. */
function smallDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', folder]).status === 0;
  return {
    folder,
    blocks: mounted ? undefined : 8_000,
    grow: () => mounted && spawnSync('mount', ['-o', 'remount,size=400m', folder]),
    remove: () => {
      if (mounted) spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
