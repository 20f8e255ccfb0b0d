import { Command, Option } from 'commander';
import {
  type CsvImport,
  dataRoot,
  importCsv,
  listDatasets,
  type Provenance,
  type UpdateEvent,
  updateData,
  updateYahoo,
  type YahooOptions,
} from '../market/index.js';
import { unreadableRecords } from '../market/internal.js';
import { printTable, wrap } from './table.js';

/** `lemmata data …`: the local store of market data. */
export function dataCommand(): Command {
  const data = new Command('data').description('fetch, import and list market data');
  data.command('update').description('fetch the default data where it is absent, damaged or behind').action(update);
  data
    .command('list')
    .description('show what the store holds')
    .option('--limits', 'also show what each dataset must not be used for')
    .action(show);
  data
    .command('yahoo <tickers...>')
    .description('fetch daily bars from Yahoo Finance, as yahoo/<ticker>')
    .requiredOption('--from <date>', 'first date, YYYY-MM-DD')
    .option('--to <date>', 'last date; the last trading day before today unless told')
    .addOption(calendar())
    .option('--allow-missing', 'keep rows without a price')
    .option('--refresh', 'fetch even what the store covers')
    .action(async (tickers: string[], options: YahooOptions) => (await updateYahoo(tickers, options)).forEach(line));
  data
    .command('csv <file>')
    .description('import a CSV file')
    .requiredOption('--name <name>', 'name in the store, for example csv/my-prices')
    .addOption(new Option('--kind <kind>', 'what the numbers are').choices(['prices', 'bars', 'series']).default('prices'))
    .option('--date <header>', 'header of the date column', 'Date')
    .addOption(
      new Option('--date-format <format>', 'how dates are written').choices(['YYYY-MM-DD', 'M/D/YYYY', 'YYYYMM']).default('YYYY-MM-DD'),
    )
    .addOption(calendar())
    .option('--allow-missing', 'keep empty cells as missing values')
    .option('--unit <unit>', 'unit of the values')
    .action(async (file: string, options: CsvImport) => line(await importCsv(file, options)));
  return data;
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
  for (const d of datasets) print(`\n${d.name}: ${d.field} in ${d.unit}\n${d.limits.map((limit) => wrap(limit, '  - ')).join('\n')}`);
}

const line = ({ name, rows, first, last }: Provenance) =>
  print(`  ${name.padEnd(22)} ${rows.toLocaleString('en')} rows, ${first} … ${last}`);
const print = (text: string) => void process.stdout.write(`${text}\n`);
