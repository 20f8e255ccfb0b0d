import { Command, Option } from 'commander';
import {
  type CsvImport,
  dataRoot,
  exportDataset,
  fetchData,
  importCsv,
  listDatasets,
  optionalData,
  type Provenance,
  removeDataset,
  type UpdateEvent,
  updateData,
  updateYahoo,
  type YahooOptions,
} from '../market/index.js';
import { ADJUSTMENTS, dateFormats, unreadableRecords } from '../market/internal.js';
import { asFlags } from './flags.js';
import { printTable, wrap } from './table.js';

/** `lemmata data …`: the local store of market data. */
export function dataCommand(): Command {
  const data = new Command('data').description('fetch, import, list, export and remove market data');
  data.command('update').description('fetch the default data where it is absent, damaged or behind').action(update);
  data
    .command('fetch [names...]')
    .description('fetch data that are not among the default ones; without a name, show which there are')
    .action(fetchNamed);
  data
    .command('list')
    .description('show what the store holds')
    .option('--limits', 'also show what each dataset must not be used for')
    .action(show);
  data
    .command('remove <name>')
    .description('remove a dataset from the store')
    .action(async (name: string) => {
      await removeDataset(name);
      print(`data: removed ${name}`);
    });
  data
    .command('export <name> <file>')
    .description('write a dataset as a .csv or .parquet file')
    .option('--force', 'write over a file that is there')
    .action((name: string, file: string, options: { force?: boolean }) =>
      inFlags(async () => {
        const { rows, first, last } = await exportDataset(name, file, options);
        print(`${file}: ${rows.toLocaleString('en')} rows of ${name}, ${first} … ${last}`);
      }),
    );
  data
    .command('yahoo <tickers...>')
    .description('fetch daily bars from Yahoo Finance, as yahoo/<ticker>')
    .requiredOption('--from <date>', 'first date, YYYY-MM-DD')
    .option('--to <date>', 'last date; the last trading day before today unless told')
    .addOption(calendar())
    .option('--allow-missing', 'keep rows without a price')
    .option('--refresh', 'fetch even what the store covers')
    .action((tickers: string[], options: YahooOptions) => inFlags(async () => (await updateYahoo(tickers, options)).forEach(line)));
  data
    .command('csv <file>')
    .description('import a CSV file')
    .requiredOption(
      '--name <name>',
      'name in the store, for example csv/my-prices; for bars of several assets csv, which makes csv/AAPL of each',
    )
    .option('--asset <header>', 'of a long file, with a row for each asset and date: header of the column of assets')
    .addOption(new Option('--kind <kind>', 'what the numbers are').choices(['prices', 'bars', 'series']).default('prices'))
    .option('--date <header>', 'header of the date column; Date, in any letters, unless told')
    .addOption(new Option('--date-format <format>', 'how dates are written').choices(dateFormats).default('YYYY-MM-DD'))
    .option('--columns <names...>', 'headers to read, each with another name where it should have one: Close "Adj Close=adjClose"')
    .addOption(calendar())
    .option('--allow-missing', 'keep empty cells as missing values')
    .option('--missing <cells...>', 'cells that stand for a missing value, beside the empty one')
    .option('--month-end', 'date monthly rows by the last day of their month')
    .option('--percent', 'the numbers are percent, kept as fractions')
    .addOption(new Option('--separator <character>', 'between cells; found unless told').choices([',', ';', 'tab', '|']))
    .addOption(new Option('--decimal <character>', 'before the fraction of a number').choices(['.', ',']).default('.'))
    .addOption(new Option('--encoding <name>', 'of the text').choices(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']))
    .addOption(new Option('--header <lines>', 'lines of headers; found unless told').choices(['0', '1', '2']))
    .option('--field <name>', 'what a value is', 'close')
    .option('--unit <unit>', 'unit of the values')
    .addOption(new Option('--adjusted <for>', 'for what the prices are adjusted').choices(ADJUSTMENTS))
    .option('--licence <name>', 'of the data')
    .option('--limits <sentences...>', 'what the data cannot tell')
    .action((file: string, options: CsvFlags) => inFlags(async () => [await importCsv(file, csvOptions(options))].flat().forEach(line)));
  return data;
}

/** Options as the command line has them. */
type CsvFlags = Omit<CsvImport, 'columns' | 'header' | 'separator'> & { columns?: string[]; header?: string; separator?: string };

function csvOptions({ columns, header, separator, ...options }: CsvFlags): CsvImport {
  const named = columns?.map((text) => [text.replace(/=[^=]*$/, ''), text.slice(text.lastIndexOf('=') + 1)]);
  return {
    ...options,
    ...(named && { columns: Object.fromEntries(named) }),
    ...(header && { header: Number(header) as 0 | 1 | 2 }),
    ...(separator && { separator: (separator === 'tab' ? '\t' : separator) as CsvImport['separator'] }),
  };
}

/** Runs a command whose errors name the options of the library. */
async function inFlags(work: () => Promise<void>): Promise<void> {
  await work().catch((error: Error) => {
    error.message = asFlags(error.message);
    throw error;
  });
}

const calendar = () => new Option('--calendar <calendar>', 'trading days the rows must match').choices(['nyse', 'none']).default('nyse');

async function update(): Promise<void> {
  const stored = await updateData(progress);
  const total = (await listDatasets()).length;
  print(
    stored.length === 0
      ? `data: ${total} datasets up to date in ${dataRoot()}`
      : `data: ${stored.length} fetched, ${total} in ${dataRoot()}`,
  );
}

async function fetchNamed(names: string[]): Promise<void> {
  for (const name of names) {
    const { megabytes, limits } = optionalData.find((one) => one.name === name) ?? { megabytes: 0, limits: [] };
    if (megabytes > 0) print(`downloading ${megabytes} MB …`);
    const fetched = await fetchData(name);
    if ('dataset' in fetched) line(fetched.dataset);
    else print(`  ${name}: ${'file' in fetched ? fetched.file : `${fetched.ticks}; read it with loadTicks('${name}')`}`);
    for (const limit of limits) print(wrap(limit, '    - '));
  }
  if (names.length > 0) return;
  printTable(
    ['data', 'MB to download', 'source', 'licence'],
    optionalData.map(({ name, megabytes, source, licence }) => [name, megabytes, source.split(',')[0], licence.split(' ')[0]]),
  );
  print('\nThe licence is that of the package. It does not settle the rights in the data: they are for study, not to be passed on.');
}

function progress(event: UpdateEvent): void {
  if (event.step === 'download') print(`downloading ${event.packages.map(({ name, version }) => `${name} ${version}`).join(', ')} …`);
  else line(event.dataset);
}

async function show({ limits }: { limits?: boolean }): Promise<void> {
  const datasets = await listDatasets();
  if (datasets.length === 0) throw new Error(`no data in ${dataRoot()}; fetch the default data with: lemmata data update`);
  printTable(
    ['dataset', 'kind', 'columns', 'rows', 'first', 'last', 'source', 'licence', 'fetched'],
    datasets.map((d) => [
      d.name,
      d.kind,
      d.columns.length,
      d.rows,
      d.first,
      d.last,
      d.source.split(',')[0],
      d.licence,
      d.fetchedAt.slice(0, 10),
    ]),
  );
  for (const fault of await unreadableRecords()) print(`\nNot shown: ${fault}`);
  if (!limits) return print('\nWhat each must not be used for: lemmata data list --limits');
  for (const d of datasets)
    print(
      `\n${d.name}: ${d.field} in ${d.unit}; ${adjustedOf(d)}\n${[...d.limits, ...(d.findings ?? [])].map((limit) => wrap(limit, '  - ')).join('\n')}`,
    );
}

/** For what the prices of a dataset are adjusted, field by field where these differ. */
function adjustedOf({ kind, adjusted = {} }: Provenance): string {
  const told = Object.entries(adjusted);
  if (told.length === 0) return kind === 'series' ? 'no prices to adjust' : 'for what its prices are adjusted is not known';
  const words = (adjustment: string) => (adjustment === 'none' ? 'not adjusted' : `adjusted for ${adjustment}`);
  if (new Set(Object.values(adjusted)).size === 1) return words(told[0][1]);
  return told.map(([field, adjustment]) => `${field} ${words(adjustment)}`).join(', ');
}

function line({ name, rows, first, last, findings = [] }: Provenance): void {
  print(`  ${name.padEnd(22)} ${rows.toLocaleString('en')} rows, ${first} … ${last}`);
  for (const finding of findings) print(wrap(`look at this: ${finding}`, '    - '));
}
const print = (text: string) => void process.stdout.write(`${text}\n`);
