import { mean, standardDeviation } from '../../src/linalg/index.js';
import type { Finding } from '../../src/report/index.js';
import { bootstrap, ledoitWolf, pairedBootstrap } from '../../src/stats/index.js';
import { fold, key } from '../../src/tensor/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { SOURCE } from '../volatility.js';
import { COVARIANCES, type CovarianceOf, judge } from './risk/covariance.js';
import { decomposed, matrixOf } from './risk/graphs.js';
import { type RiskTask, riskTask, testsOf, type Universe, YEAR } from './risk/task.js';

/*
 * What Ledoit and Wolf's covariance owes to its correlations and what to its variances: either is put beside the sample's other half. Asked after
 * the result of week07/risk was seen.
 */

const { sample, 'Ledoit–Wolf': shrunk } = COVARIANCES;
const MIXTURES: Readonly<Record<string, CovarianceOf>> = {
  sample,
  'Ledoit–Wolf': shrunk,
  'sample variances, Ledoit–Wolf correlations': (past, N) => mixed(shrunk(past, N), sample(past, N)),
  'Ledoit–Wolf variances, sample correlations': (past, N) => mixed(sample(past, N), shrunk(past, N)),
  'sample variances, correlations shrunk alone': (past, N) => mixed(ofStandardised(past, N), sample(past, N)),
};
const DRAWS = 4999;
/** The fund of short bonds. */
const CALM = 'CSJ';

const experiment: Experiment = {
  name: 'week07/mixtures',
  about: "Portfolios of least variance by the sample's variances with Ledoit and Wolf's correlations, and by the reverse.",
  seed: 7,
  data: [SOURCE],
  parts: ['stocks', 'funds'],
  sanity: { 'stocks.volatility.sample': { atLeast: 14, atMost: 15.5 }, 'funds.volatility.sample': { atLeast: 1, atMost: 2 } },
  async run(options) {
    const begun = process.cpuUsage();
    const found = await onTests(options);
    const { user, system } = process.cpuUsage(begun);
    return { ...found, minutes: { [options.part]: (user + system) / 6e7 } };
  },
};
export default experiment;

async function onTests({ part, quick, onStep }: RunOptions): Promise<Found> {
  const universe = part as Universe;
  const task = await riskTask(universe, quick);
  const days = Object.entries(MIXTURES).map(([model, of], m) => {
    onStep(m, Object.keys(MIXTURES).length, model);
    return { model, ...judge(task, of) };
  });
  const minimumOf = (model: string) => days.find((one) => one.model === model)!.minimum;
  const lossOf = (model: string) => days.find((one) => one.model === model)!.loss;
  const numbers: Record<string, Finding> = {};
  const draws = quick ? 49 : DRAWS;
  const rows = days.map(({ model, minimum, loss }, m) => {
    const at = fold(key(77), m);
    const level = bootstrap((drawn) => yearly(Float64Array.from(drawn, (t) => minimum[t])), minimum.length, {
      key: fold(at, 0),
      block: 21,
      draws: quick ? 49 : 999,
    });
    const beside = (rival: string, r: number) =>
      pairedBootstrap(yearly, { model: minimum, benchmark: minimumOf(rival) }, { key: fold(at, r), block: 21, draws });
    const [shrunken, plain] = [beside('Ledoit–Wolf', 1), beside('sample', 2)];
    const losses = { model: lossOf('Ledoit–Wolf'), benchmark: loss };
    const saved = pairedBootstrap(mean, losses, { key: fold(at, 3), block: 6, draws: quick ? 49 : 999 });
    const slug = model.replace('Ledoit–Wolf', 'Ledoit-Wolf').replace(/[^A-Za-z]+/g, '-');
    const say = (what: string, { estimate, low, high }: typeof shrunken): Finding => ({
      value: estimate,
      uncertainty: [low, high],
      unit: 'points',
      description: `volatility a year of the portfolio of least variance beyond ${what}, ${universe}, ${model}, paired blocks of 21 days`,
      tolerance: 0.2,
    });
    numbers[`${universe}.volatility.${slug}`] = {
      value: level.estimate,
      uncertainty: level.standardError,
      unit: '%',
      description: `volatility a year of the portfolio of least variance, ${universe}, ${model}`,
      tolerance: 0.2,
    };
    if (model !== 'Ledoit–Wolf') numbers[`${universe}.beyond-Ledoit-Wolf.${slug}`] = say("Ledoit and Wolf's", shrunken);
    if (model !== 'sample') numbers[`${universe}.beyond-sample.${slug}`] = say("the sample's", plain);
    return {
      model,
      'volatility (% a year)': level.estimate,
      'standard error': level.standardError,
      'beyond Ledoit–Wolf': shrunken.estimate,
      'Ledoit–Wolf from': shrunken.low,
      'Ledoit–Wolf to': shrunken.high,
      'beyond sample': plain.estimate,
      'sample from': plain.low,
      'sample to': plain.high,
      'covariance QLIKE saved': saved.estimate,
      'saved from': saved.low,
      'saved to': saved.high,
    };
  });
  if (universe === 'funds' && !quick) Object.assign(numbers, calm(task));
  const pinned = Object.fromEntries(days.map(({ model, minimum }) => [`${universe}.${model}`, standardDeviation(minimum)]));
  return { numbers, tables: { [universe]: rows }, trials: Object.keys(MIXTURES).length - 2, pinned };
}

/** The calmest fund: how many months lie at the floor of a variance, and what Ledoit and Wolf's portfolio holds of it. */
function calm(task: RiskTask): Record<string, Finding> {
  const N = task.assets.length;
  const at = task.assets.indexOf(CALM);
  const origins = testsOf(task);
  const floor = Math.min(...task.months.flatMap(({ target }) => [...target]));
  const held = origins.map((m) => {
    const { now } = task.months[m];
    const covariance = shrunk(task.returns.subarray((now - YEAR) * N, now * N), N);
    const { inverse } = decomposed({ rows: N, cols: N, data: covariance });
    const raw = Array.from({ length: N }, (_, i) => inverse.subarray(i * N, (i + 1) * N).reduce((sum, k) => sum + k, 0));
    return raw[at] / raw.reduce((sum, w) => sum + w, 0);
  });
  return {
    [`funds.floor.${CALM}`]: {
      value: origins.filter((m) => task.months[m].target[at] === floor).length,
      uncertainty: 'exact: a count',
      unit: '1',
      description: `months of tests in which the variance of ${CALM} was set to the floor of (0.1 % a day)²`,
      tolerance: 0,
    },
    [`funds.held.${CALM}`]: {
      value: held.reduce((sum, w) => sum + w, 0) / held.length,
      uncertainty: 'exact: a mean over all months of tests',
      unit: '1',
      description: `mean weight of ${CALM} in the portfolio of least variance by Ledoit and Wolf's covariance`,
      tolerance: 0.02,
    },
  };
}

const yearly = (returns: ArrayLike<number>) => 100 * Math.sqrt(252) * standardDeviation(Float64Array.from(returns));

/** The correlations of one covariance [N, N] with the variances of another. */
function mixed(correlated: Float64Array, variable: Float64Array): Float64Array {
  const N = Math.sqrt(correlated.length);
  const ratio = Float64Array.from({ length: N }, (_, i) => Math.sqrt(variable[i * (N + 1)] / correlated[i * (N + 1)]));
  return correlated.map((s, at) => s * ratio[Math.floor(at / N)] * ratio[at % N]);
}

/** Ledoit and Wolf's covariance of returns over their standard deviations. */
function ofStandardised(past: Float64Array, N: number): Float64Array {
  const S = sample(past, N);
  return ledoitWolf(
    matrixOf(
      past.map((r, at) => r / Math.sqrt(S[(at % N) * (N + 1)])),
      N,
    ),
  ).covariance.data;
}
