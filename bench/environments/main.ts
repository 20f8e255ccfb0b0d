import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { fold, key, randint } from '../../src/base/index.js';
import { cartPole, environments } from '../../src/rl/index.js';
import { type Contender, ours } from '../contender.js';
import { Peer, pythonPeer } from '../peers/peer.js';
import { intervalOf, race, typical } from '../race.js';
import { refuse, saveTable, shownLoad } from '../verdict.js';

// npm run bench -- environments [--python PATH] [--rounds 7] [--seconds 0.5]: steps of CartPole a second, beside Gymnasium's.

const { values: options } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '0.5' }, python: { type: 'string' } },
});
const COPIES = 1024;
/** Steps of each copy in what is timed: 10,240 in all, which `make` does one by one. */
const STEPS = 10;
/** How many times as fast, at least: as one copy after another, and as the vector of copies that Gymnasium has of this world. */
const GOALS: Readonly<Record<string, number>> = { make: 100, vector: 2.5 };

const command = pythonPeer('gymnasium', 'environments_peer.py')(options.python);
if (!command) refuse('gymnasium is absent: pip install -r bench/requirements.txt anywhere, then --python PATH');
const peer = await Peer.spawn('environments', [...command, String(COPIES), String(STEPS)], 1);
const copies = environments(cartPole, { key: key(1), count: COPIES });
copies.reset();
const actions = Array.from({ length: STEPS }, (_, t) => randint(fold(key(2), t), [COPIES], 0, 2).data);

/** The sum of what is seen after eight pushes to the right from rest: both sides must have it. */
function pushed(): number {
  const one = environments(cartPole, { key: key(1), count: 1 });
  one.restore({ state: new Float64Array(4), steps: Int32Array.of(0), episodes: Int32Array.of(1) });
  for (let t = 0; t < 7; t++) one.step([1]);
  return one.step([1]).finalObservation.data.reduce((sum, x) => sum + x, 0);
}

console.log(`${peer.version}\n${options.rounds} interleaved rounds of ${options.seconds} s on one thread; load ${shownLoad(loadavg())}\n`);
const seen = pushed();
const mine: Contender = ours(async () => {
  for (const action of actions) copies.step(action);
  return seen;
});
const theirs = Object.keys(GOALS).map(
  (way): Contender => ({ framework: 'gymnasium', runtime: way, threads: 1, ...peer.way(`cartpole ${way}`) }),
);
const [own, ...others] = await race([mine, ...theirs], 1, Number(options.rounds), Number(options.seconds));
const rate = (us: number) => ((COPIES * STEPS) / us).toFixed(3).padStart(10);
console.log(`${'lemmata'.padEnd(20)}${rate(typical(own))} million steps a second`);
const numbers: Record<string, object> = {};
let missed = 0;
for (const other of others) {
  if (Math.abs(other.loss - own.loss) > 1e-6) refuse(`${other.runtime}: sees ${other.loss}, ours ${own.loss}: not the same world`);
  const { low, median, high } = intervalOf(own, other);
  const goal = GOALS[other.runtime];
  if (high < goal) missed++;
  console.log(
    `${`gymnasium ${other.runtime}`.padEnd(20)}${rate(typical(other))} million steps a second   ours ${median.toFixed(1)} times as fast, ` +
      `95 % ${low.toFixed(1)} … ${high.toFixed(1)}, goal ≥ ${goal}${high < goal ? '   MISSED' : ''}`,
  );
  const what = other.runtime === 'make' ? 'gym.make' : 'its vector of as many copies';
  numbers[other.runtime] = {
    value: median,
    uncertainty: [low, high],
    unit: '1',
    description: `CartPole, ${COPIES} copies: the time of ${what} over ours, one thread`,
    tolerance: median,
  };
}
peer.stop();
console.log(`\nload ${shownLoad(loadavg())}; ${missed} rows surely short of their goal`);
process.exitCode = missed ? 1 : 0;
saveTable('bench-environments', 'Environments beside Gymnasium', { versions: peer.version, load: loadavg(), numbers });
