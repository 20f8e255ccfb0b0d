import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { computeFeatures, type Frame, fieldOf, frameOf } from '../../src/market/index.js';
import { type Contender, ours } from '../contender.js';
import { Peer, pythonPeer } from '../peers/peer.js';
import { intervalOf, race, typical } from '../race.js';
import { refuse, saveTable, shownLoad } from '../verdict.js';
import { SETS, simulated, writeFeatures } from './data.js';

// npm run bench -- features [--python PATH] [--rounds 7] [--seconds 1]

const { values: options } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '1' }, python: { type: 'string' } },
});
const folder = fileURLToPath(new URL('../../build/bench', import.meta.url));
const frame = simulated();
const cells = frame.fields.close.length;
writeFeatures(folder, frame);
const command = pythonPeer('polars, polars_talib, numpy', 'features_peer.py')(options.python);
if (!command) refuse('polars and polars-talib are absent: pip install -r bench/requirements.txt anywhere, then --python PATH');
const peer = await Peer.spawn('features', [...command, folder], 1);
console.log(`${peer.version}\n${options.rounds} interleaved rounds of ${options.seconds} s on one thread; load ${shownLoad(loadavg())}\n`);
console.log(
  `${''.padEnd(44)}${['ours, ms', 'polars, ms', 'ns a value', 'polars/ours', '95 %', 'goal'].map((head) => head.padStart(14)).join('')}`,
);

/** As many times as fast as polars, at least. */
const GOAL = 0.8;
/** Seconds that all features of the set may take. */
const LONGEST: Readonly<Record<string, number>> = { closes: 1, bars: 1.5 };
const numbers: Record<string, object> = {};
let missed = 0;
for (const [set, names] of Object.entries(SETS)) {
  const data = set === 'closes' ? frameOf(fieldOf(frame, 'close')) : frame;
  const ways: Contender[] = [
    ours(async () => summary(data, names)),
    { framework: 'polars', runtime: 'lazy', threads: 1, ...peer.way(`${set} lazy`) },
  ];
  const [mine, theirs] = await race(ways, 1, Number(options.rounds), Number(options.seconds));
  if (!(Math.abs(mine.loss - theirs.loss) <= 1e-8 * Math.abs(theirs.loss)))
    refuse(`${set}: ours is ${mine.loss} and that of polars ${theirs.loss}: not the same computation`);
  const { low, median, high } = intervalOf(mine, theirs);
  const [ms, perValue] = [typical(mine) / 1000, (1000 * typical(mine)) / (names.length * cells)];
  // On a busy machine the fastest run is what our time surely is.
  const slow = high < GOAL || mine.fastest / 1000 > 1000 * LONGEST[set];
  if (slow) missed++;
  const line = [
    ms.toFixed(0),
    (typical(theirs) / 1000).toFixed(0),
    perValue.toFixed(1),
    median.toFixed(2),
    `${low.toFixed(2)} … ${high.toFixed(2)}`,
    `≥ ${GOAL}`,
  ];
  console.log(
    `${`${set}: ${names.length} features on [${frame.dates.length}, ${frame.assets.length}]`.padEnd(44)}${line.map((cell) => cell.padStart(14)).join('')}${slow ? '   MISSED' : ''}`,
  );
  const about = `${names.length} features of ${set} on [${frame.dates.length}, ${frame.assets.length}]`;
  numbers[set] = {
    value: median,
    uncertainty: [low, high],
    unit: '1',
    description: `${about}: the time of polars over ours, one thread`,
    tolerance: median,
  };
  numbers[`${set}-time`] = { value: ms, unit: 'ms', description: `${about}: our time, one thread`, tolerance: ms };
}
peer.stop();
console.log(`\nload ${shownLoad(loadavg())}; ${missed} rows surely short of their goal`);
process.exitCode = missed ? 1 : 0;
saveTable('bench-features', 'Features beside polars', { versions: peer.version, load: loadavg(), numbers });

/** One number of all features: that of their last row, which the peer's must equal. */
function summary(data: Frame, names: readonly string[]): number {
  const { column } = computeFeatures(data, names);
  const N = data.assets.length;
  const last = names.flatMap((name) => Array.from(column(name).subarray(-N)));
  return last.reduce((sum, x) => sum + Math.asinh(x), 0) / last.length;
}
