import { mean, standardDeviation } from '../../src/linalg/index.js';
import type { Finding } from '../../src/report/index.js';
import { fold, key } from '../../src/tensor/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { SOURCE } from '../volatility.js';
import { learner, type NetName } from './risk/nets.js';
import { before2000, type GraphName, type RiskTask, riskTask, testsOf } from './risk/task.js';

/*
 * The grid of ways to train of week07/risk, on the same two years, beyond the corner in which its best was: slower rates and more steps.
 * Asked after that result was seen; nothing is chosen by it.
 */

const NETS: Readonly<Record<string, GraphName>> = { MLP: 'tree', GCN: 'correlation', GAT: 'correlation' };
const SEEDS = [1, 2, 3, 4, 5];
/** The rates that the corner lies between, and the one that was chosen. */
const WAYS = [
  { rate: 0.0003, stops: [400, 1000, 2500, 5000, 10_000] },
  { rate: 0.001, stops: [400, 1000, 2500, 5000, 10_000] },
  { rate: 0.003, stops: [400, 1000, 2500] },
];
const CHOSEN = { rate: 0.003, steps: 1000 };
const CORNER = { rate: 0.001, steps: 2500 };
/** Of `WAYS`, those that week07/risk had not tried. */
const NEW = 7;

/** A net's loss in 1998 and 1999 after so many steps at a rate, of one seed. */
interface Tried {
  readonly net: string;
  readonly rate: number;
  readonly steps: number;
  readonly seed: number;
  readonly QLIKE: number;
}

const experiment: Experiment = {
  name: 'week07/training',
  about: 'Slower rates and more steps for the nets of next month’s risk: what lies beyond the corner in which the best way to train was.',
  seed: 7,
  data: [SOURCE],
  parts: Object.keys(NETS),
  sanity: { 'best.beyond': { atLeast: -5, atMost: 5 } },
  run,
  collect,
};
export default experiment;

async function run({ part: net, quick, onStep }: RunOptions): Promise<Found> {
  const begun = process.cpuUsage();
  const whole = await riskTask('stocks', quick);
  const task = quick ? whole : before2000(whole);
  const origins = testsOf(task);
  const rows: Tried[] = [];
  for (const [w, { rate, stops }] of (quick ? [{ rate: 0.01, stops: [3] }] : WAYS).entries()) {
    const train = learner(task, net as NetName, NETS[net], { rate });
    for (const seed of quick ? [1] : SEEDS) {
      const found = await train(fold(key(1), seed), stops);
      for (const [s, steps] of stops.entries()) rows.push({ net, rate, steps, seed, QLIKE: mean(lossesOf(task, origins, found[s])) });
      onStep(w * SEEDS.length + seed, WAYS.length * SEEDS.length, `${net} at ${rate}: ${rows.at(-1)!.QLIKE.toFixed(4)}`);
    }
  }
  const { user, system } = process.cpuUsage(begun);
  return {
    numbers: {},
    tables: { tried: rows.map((row) => ({ ...row })) },
    trials: NEW,
    pinned: { [net]: rows[0].QLIKE },
    minutes: { [net]: (user + system) / 6e7 },
  };
}

const lossesOf = ({ months }: RiskTask, origins: readonly number[], forecasts: readonly Float64Array[]): number[] =>
  origins.map((m, k) => mean(months[m].target.map((y, i) => Math.log(forecasts[k][i]) + y / forecasts[k][i])));

function collect(parts: Readonly<Record<string, Found>>): Found {
  const tried = Object.values(parts).flatMap(({ tables }) => (tables?.tried ?? []) as unknown as readonly Tried[]);
  const ways = [...new Map(tried.map(({ rate, steps }) => [`${rate} ${steps}`, { rate, steps }])).values()];
  /** Hundredths of a nat of each seed, mean over nets. */
  const bySeed = (way: { readonly rate: number; readonly steps: number }) =>
    SEEDS.map((seed) => {
      const of = tried.filter((row) => row.rate === way.rate && row.steps === way.steps && row.seed === seed);
      return 100 * mean(of.map(({ QLIKE }) => QLIKE));
    });
  const level = ways.map((way) => ({ ...way, losses: bySeed(way) }));
  const best = level.reduce((one, two) => (mean(two.losses) < mean(one.losses) ? two : one));
  const beside = (way: { readonly rate: number; readonly steps: number }, than: readonly number[], description: string): Finding => {
    const differences = bySeed(way).map((loss, s) => loss - than[s]);
    const uncertainty = standardDeviation(differences) / Math.sqrt(SEEDS.length);
    return { value: mean(differences), uncertainty, unit: 'hundredths of a nat', description, tolerance: 0.2 };
  };
  const count = (value: number, description: string): Finding => ({
    ...{ value, unit: '1', description, tolerance: value },
    uncertainty: `exact: the best of ${ways.length} ways`,
  });
  const levels = level.map(({ rate, steps, losses }) => ({
    ...{ rate, steps, 'beyond the best': mean(losses) - mean(best.losses) },
    error: standardDeviation(losses.map((loss, s) => loss - best.losses[s])) / Math.sqrt(SEEDS.length),
    ...Object.fromEntries(
      Object.keys(NETS).map((net) => [
        net,
        mean(tried.filter((row) => row.net === net && row.rate === rate && row.steps === steps).map(({ QLIKE }) => QLIKE)),
      ]),
    ),
  }));
  const on = 'QLIKE of 1998 and 1999, mean of three nets';
  return {
    numbers: {
      'best.steps': count(best.steps, `steps of the best way to train, ${on}`),
      'best.rate': count(best.rate, `rate of the best way to train, ${on}`),
      'best.beyond': beside(best, bySeed(CORNER), `${on}: the best way beyond the corner of the first grid, ± over five seeds, paired`),
      'chosen.beyond': beside(CHOSEN, best.losses, `${on}: the chosen way beyond the best, ± over five seeds, paired`),
    },
    tables: { levels },
    trials: Object.values(parts).reduce((sum, { trials = 0 }) => sum + trials, 0),
    pinned: Object.assign({}, ...Object.values(parts).map((part) => part.pinned)),
    minutes: Object.assign({}, ...Object.values(parts).map((part) => part.minutes)),
  };
}
