import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Contender, ours } from '../contender.js';
import { Peer, pythonPeer } from '../peers/peer.js';
import { intervalOf, race, typical } from '../race.js';
import { refuse, saveTable, shownLoad } from '../verdict.js';
import { simulated, writeStatistics } from './data.js';
import { statisticsRows } from './rows.js';

// npm run bench -- statistics [--only hac,ridge] [--python PATH] [--rounds 11] [--seconds 0.3]

const { values: options } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '11' },
    seconds: { type: 'string', default: '0.3' },
    python: { type: 'string' },
  },
});
const chosen = options.only?.split(',') ?? statisticsRows.map(({ id }) => id);
for (const id of chosen)
  if (!statisticsRows.some((row) => row.id === id))
    refuse(`--only ${id}: no such row; there are ${statisticsRows.map((row) => row.id).join(', ')}`);

const folder = fileURLToPath(new URL('../../build/bench', import.meta.url));
const data = simulated();
await writeStatistics(folder, data);
const command = pythonPeer('statsmodels, sklearn, pandas, pyarrow, vectorbt', 'statistics_peer.py')(options.python);
if (!command)
  refuse(
    'pandas with pyarrow, statsmodels, scikit-learn and vectorbt are absent: pip install -r bench/requirements.txt anywhere, then --python PATH',
  );
const peer = await Peer.spawn('statistics', [...command, folder], 1);
const before = loadavg();
console.log(`${peer.version}\n${options.rounds} interleaved rounds of ${options.seconds} s; load ${shownLoad(before)}\n`);
console.log(`${''.padEnd(78)}${['ours, ms', 'theirs, ms', 'ours/theirs', '95 %', 'goal'].map((head) => head.padStart(13)).join('')}`);

const numbers: Record<string, object> = {};
let missed = 0;
for (const row of statisticsRows.filter(({ id }) => chosen.includes(id))) {
  const ways: Contender[] = [
    ours(async () => row.run(data)),
    { framework: row.peer, runtime: 'numpy', threads: 1, ...peer.way(`${row.id} numpy`) },
  ];
  const [mine, theirs] = await race(ways, 1, Number(options.rounds), Number(options.seconds));
  if (Math.abs(mine.loss - theirs.loss) > 1e-4 * Math.abs(theirs.loss))
    // scikit-learn stops a lasso there
    refuse(`${row.id}: ours is ${mine.loss} and that of ${row.peer} ${theirs.loss}: not the same computation`);
  const { low, median, high } = intervalOf(theirs, mine);
  if (low > row.goal) missed++;
  const cells = [typical(mine) / 1000, typical(theirs) / 1000].map((ms) => ms.toFixed(1));
  const line = [...cells, median.toFixed(2), `${low.toFixed(2)} … ${high.toFixed(2)}`, `≤ ${row.goal}`];
  console.log(
    `${`${row.id.padEnd(9)}${row.title}`.padEnd(78)}${line.map((cell) => cell.padStart(13)).join('')}${low > row.goal ? '   MISSED' : ''}`,
  );
  const what = `${row.title}: our time over that of ${row.peer}`;
  numbers[row.id] = { value: median, uncertainty: [low, high], unit: '1', description: what, tolerance: median };
}
peer.stop();
console.log(`\nload ${shownLoad(loadavg())}; ${missed} rows surely above their goal`);
process.exitCode = missed ? 1 : 0;
// A run that leaves something out is for the eye only.
if (!options.only)
  saveTable('bench-statistics', 'Statistics against Python', { versions: peer.version, load: [before, loadavg()], numbers });
