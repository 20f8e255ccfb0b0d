import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { meanSquaredError } from '../../src/nn/index.js';
import { cartPole, dqn } from '../../src/rl/index.js';
import { key } from '../../src/tensor/index.js';
import { Peer, pythonPeer } from '../peers/peer.js';
import { intervalOf, medianOf } from '../race.js';
import { refuse, saveTable, shownLoad } from '../verdict.js';

// npm run bench -- agents [--python PATH] [--rounds 9]: deep Q-learning on CartPole, world and training together, beside PyTorch and Gymnasium.

const { values: options } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '9' }, python: { type: 'string' } },
});
/** Actions of a round; an update each ten. */
const STEPS = 2000;
/** Actions before the first update. */
const STARTS = 500;
/** The share of random actions: what it is on average over the 500,000 actions of the published training. */
const SHARE = 0.2875;
/** How many times as fast, at least. */
const GOALS: Readonly<Record<string, number>> = { script: 8, bare: 5 };
const WHAT: Readonly<Record<string, string>> = {
  script: 'a script of one file, built as CleanRL’s is',
  bare: 'a bare loop, with the world in Python and the replay in tensors',
};

const rounds = Number(options.rounds);
const command = pythonPeer('gymnasium, torch', 'agents_peer.py')(options.python);
if (!command) refuse('PyTorch or Gymnasium is absent: pip install -r bench/requirements.txt anywhere, then --python PATH');
const peer = await Peer.spawn('agents', [...command, String(STARTS), String(SHARE)], 1);
const before = loadavg();
console.log(
  `${peer.version}, one thread each; ${rounds} interleaved rounds of ${STEPS} actions, an update each ten; load ${shownLoad(before)}\n`,
);
const training = dqn(cartPole, {
  ...{ key: key(1), loss: meanSquaredError, threads: 1, learningStarts: STARTS, steps: STEPS * (rounds + 1) },
  explore: { from: SHARE, to: SHARE, share: 1 },
});

/** Microseconds of the processor and of the clock. */
type Time = readonly [processor: number, clock: number];

async function ours(): Promise<Time> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  await training.advance(training.step + STEPS);
  const { user, system } = process.cpuUsage(cpu);
  return [user + system, 1000 * (performance.now() - wall)];
}

async function theirs(way: string): Promise<Time> {
  const { train, time } = peer.way(`dqn ${way}`);
  await train(STEPS);
  const [processor, clock] = await time(0);
  return [processor, clock];
}

const ways = Object.keys(GOALS);
const times: Record<string, Time[]> = Object.fromEntries(['lemmata', ...ways].map((way) => [way, []]));
for (let round = 0; round <= rounds; round++) {
  // The first round compiles, fills the replay and counts for none.
  const [own, ...others] = [await ours(), ...(await inTurn(ways, theirs))];
  if (round === 0) continue;
  times.lemmata.push(own);
  for (const [i, way] of ways.entries()) times[way].push(others[i]);
}
peer.stop();
training.release();

async function inTurn<A, B>(list: readonly A[], of: (one: A) => Promise<B>): Promise<B[]> {
  const all: B[] = [];
  for (const one of list) all.push(await of(one));
  return all;
}

const each = (way: string, of: 0 | 1) => ({ rounds: times[way].map((one) => one[of] / STEPS) });
const told = (way: string) =>
  `${medianOf(each(way, 0).rounds).median.toFixed(1).padStart(8)} µs of the processor an action, ${medianOf(each(way, 1).rounds).median.toFixed(1)} of the clock`;
console.log(`${'lemmata'.padEnd(10)}${told('lemmata')}`);
const own = medianOf(each('lemmata', 0).rounds);
const numbers: Record<string, object> = {
  lemmata: {
    ...{ value: own.median, uncertainty: [own.low, own.high], unit: 'µs', tolerance: own.median },
    description: `DQN on CartPole: processor time of an action, its share of an update included, ours on one thread, median over ${rounds} rounds`,
  },
};
let missed = 0;
for (const way of ways) {
  const { low, median, high } = intervalOf(each('lemmata', 0), each(way, 0));
  const short = high < GOALS[way];
  if (short) missed++;
  console.log(
    `${way.padEnd(10)}${told(way)}   ours ${median.toFixed(1)} times as fast, 95 % ${low.toFixed(1)} … ${high.toFixed(1)}, goal ≥ ${GOALS[way]}${short ? '   MISSED' : ''}`,
  );
  numbers[way] = {
    ...{ value: median, uncertainty: [low, high], unit: '1', tolerance: median },
    description: `DQN on CartPole: processor time of ${WHAT[way]}, over ours, one thread each, median over ${rounds} rounds`,
  };
}
console.log(`\nload ${shownLoad(loadavg())}; ${missed} surely short of their goal`);
process.exitCode = missed ? 1 : 0;
saveTable('bench-agents', 'Deep Q-learning on CartPole beside PyTorch and Gymnasium', {
  versions: `${peer.version}; one thread each; ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores`,
  load: [before, loadavg()],
  numbers,
});
