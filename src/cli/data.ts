import { Command } from 'commander';
import { dataRoot, list, type Provenance } from '../market/store.js';
import { type UpdateEvent, updateData } from '../market/update.js';
import { printTable, wrap } from './table.js';

/** `lemmata data …`: the local store of market data. */
export function dataCommand(): Command {
  const data = new Command('data').description('fetch and list market data');
  data.command('update').description('fetch the default data where it is absent, damaged or behind').action(update);
  data
    .command('list')
    .description('show what the store holds')
    .option('--limits', 'also show what each dataset must not be used for')
    .action(show);
  return data;
}

async function update(): Promise<void> {
  const stored = await updateData(progress);
  const total = (await list()).length;
  print(stored.length === 0 ? `data: ${total} datasets up to date in ${dataRoot()}` : `data: ${stored.length} fetched, ${total} in ${dataRoot()}`);
}

function progress(event: UpdateEvent): void {
  if (event.step === 'download') print(`downloading ${event.packages.map(({ name, version }) => `${name} ${version}`).join(', ')} …`);
  else print(`  ${event.dataset.name}  ${span(event.dataset)}`);
}

async function show({ limits }: { limits?: boolean }): Promise<void> {
  const datasets = await list();
  if (datasets.length === 0) throw new Error(`no data in ${dataRoot()}; fetch the default data with: lemmata data update`);
  printTable(
    ['dataset', 'kind', 'columns', 'rows', 'first', 'last', 'source', 'licence', 'fetched'],
    datasets.map((d) => [d.name, d.kind, d.columns.length, d.rows, d.first, d.last, d.source.split(',')[0]!, d.licence, d.fetchedAt.slice(0, 10)]),
  );
  if (!limits) return print('\nWhat each must not be used for: lemmata data list --limits');
  for (const d of datasets) print(`\n${d.name}: ${d.field} in ${d.unit}\n${d.limits.map((limit) => wrap(limit, '  - ')).join('\n')}`);
}

const span = ({ rows, first, last }: Provenance) => `${rows.toLocaleString('en')} rows, ${first} … ${last}`;
const print = (line: string) => void process.stdout.write(`${line}\n`);
