import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { certifiedRadius } from '../src/attack/index.js';
import { eigenSymmetric } from '../src/linalg/index.js';
import { optimalBaseline, valueIteration } from '../src/rl/index.js';
import * as stats from '../src/stats/index.js';
import { growthRate, impliedReturns, minimumVariance, optimalWeights } from '../src/trade/index.js';
import {
  adam,
  assets,
  attend,
  back,
  backward,
  ball,
  bounds,
  conformal,
  dense,
  diagonal,
  dirac,
  episodes,
  equalParts,
  field,
  fieldError,
  first,
  foresight,
  greatest,
  holdings,
  kernelMean,
  l1,
  line,
  mdp,
  narrow,
  one,
  orders,
  partner,
  path,
  queue,
  risky,
  scores,
  settles,
  softmaxNorm,
  sparse,
  twoPoints,
  vagueness,
  views,
  wide,
} from './support/worked.js';

/** What a round of Sinkhorn leaves, with a twin at no cost and another at 1; and on the line, with 5 more for the second. */
const twins = (epsilon: number) => stats.sinkhornRate({ rows: 2, cols: 2, data: Float64Array.of(0, 1, 1, 0) }, epsilon);
const onLine = stats.sinkhornRate({ rows: 3, cols: 3, data: Float64Array.of(0, 1, 4, 6, 5, 6, 4, 1, 0) }, 1);

const FOLDER = resolve(import.meta.dirname, '../proofs/exercises');

/** The numbers of the answers: \answernum{key}{0.5896}, as they are printed. */
const printed = readdirSync(FOLDER).flatMap((file) =>
  [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/\\answernum\{([^}]*)\}\{([^}]*)\}/g)].map(
    ([, key, text]) => [key, text.replaceAll('\\,', '')] as const,
  ),
);

/** How each number is found again. Where the library has no function, the formula of the theorem is evaluated another way. */
const answers: Readonly<Record<string, () => number | Promise<number>>> = {
  'line.slope': () => line().coefficients[1],
  'line.intercept': () => line().coefficients[0],
  'line.leverage': () => line().leverage[0],
  'line.press': () => line().press,
  'descent.rate': () => (100 - 1) / (100 + 1),
  'descent.bound': () => Math.log(1000) / Math.log(101 / 99),
  'descent.steps': () => first((k) => (99 / 101) ** k < 1e-3),
  'ridge.df': () => stats.ridge(diagonal(3, 1), [1, 1], { lambda: 1, intercept: false }).effectiveDegreesOfFreedom,
  'ridge.lambda': () =>
    first((k) => stats.ridge(diagonal(3, 1), [1, 1], { lambda: k, intercept: false }).effectiveDegreesOfFreedom <= 1 + 1e-12),
  'stambaugh.bias': () => (0.9 * (1 + 3 * 0.98)) / 360,
  'backprop.first': () => backward()[0],
  'backprop.second': () => backward()[1],
  'ball.step': () => 4 / (Math.sqrt(100) + 1) ** 2,
  'ball.momentum': () => ((Math.sqrt(100) - 1) / (Math.sqrt(100) + 1)) ** 2,
  'ball.steps': () => first((k) => ball(k) < 1e-3),
  'ball.edge': () => first((k) => !settles(100 + k / 100)) / 100 + 99.99,
  'adam.greatest': () => adam(Array.from({ length: 20_000 }, (_, j) => (0.999 / 0.9) ** (j - 20_000))),
  'adam.silence': () => adam([...Array(20_000).fill(0), 1e-9]),
  angle: () => Math.sqrt(1e-4 * (2 - 1e-4)) / (1 - 1e-4),
  'one.variance': () => one().covariance.data[0],
  'one.mean': () => one().coefficients[0],
  'one.evidence': () => one().logEvidence,
  'kl.narrow': () => stats.normalDivergence(narrow, wide),
  'kl.wide': () => stats.normalDivergence(wide, narrow),
  'field.variance': () => field().covariance.data[0],
  'field.rounds': () => first((k) => fieldError(k) < 1e-3),
  'evidence.vague': () => vagueness(8),
  'field.nats': () => field().divergence,
  crps: () => stats.crps([0], stats.normalForecast({ mean: 0, standardDeviation: 1 }))[0],
  'conformal.rank': () => conformal().rank,
  'conformal.coverage': () => conformal().coverage,
  'hawkes.mean': () => Array.from({ length: 400 }, (_, k) => 0.5 * 0.8 ** k).reduce((a, b) => a + b),
  'hawkes.cluster': () => Array.from({ length: 400 }, (_, k) => 0.8 ** k).reduce((a, b) => a + b),
  'hawkes.time': () => first((k) => 1 - 0.8 * Math.exp((-0.4 * k) / 1e4) >= 0.9) / 1e4,
  'queue.empty': () => queue,
  'forget.left': () => 1e6 * (1 / (1 + Math.exp(-1))) ** 50,
  'forget.gate': () => 0.5 ** (1 / 50),
  'forget.shift': () => first((k) => (1 / (1 + Math.exp(-k / 1e4))) ** 50 >= 0.5) / 1e4,
  'cell.bound': () => Array.from({ length: 400 }, (_, k) => (1 / (1 + Math.exp(-1))) ** k).reduce((a, b) => a + b),
  'foresight.six': () => foresight(6),
  'ofi.shares': () => orders().reduce((a, b) => a + b),
  'ofi.move': () => orders().reduce((a, b) => a + b) / 400,
  'softmax.norm': softmaxNorm,
  'attention.one': () => attend(1),
  'attention.zero': () => attend(0),
  'cost.attention': () => 512 * 512 * 64 + 512 * 512 * 64,
  'cost.linear': () => 2 * 512 * 64 * 128 + 2 * (512 * 128 * 64) + 2 * (512 * 128),
  'cost.length': () => first((T) => 2 * T * 128 * 129 < T * T * 128),
  'features.error': () => Math.sqrt((Math.exp(2 / Math.sqrt(4)) - 1) / 64),
  'features.number': () => first((M) => (Math.E - 1) / M <= 1e-4),
  'value.star': () => valueIteration(mdp).value[0],
  'value.rounds': () => first((k) => 10 * 0.9 ** k < 0.01),
  'baseline.best': () => optimalBaseline(scores, [1, 0]),
  'baseline.left': () => scores[0] * (1 - 0.8) ** 2 + scores[1] * 0.8 ** 2 - 2 * (0.8 * 0.2) ** 2,
  'sampling.m': () => 0.5 * 1.6 ** 2 + 0.5 * 0.4 ** 2,
  'sampling.square': () => 1 / episodes(),
  'sampling.share': episodes,
  'chriss.first': () => holdings()[1],
  'chriss.second': () => holdings()[2],
  'chriss.third': () => holdings()[3],
  'sinkhorn.twins': () => twins(0.5),
  'sinkhorn.rounds': () => Math.log(1000) / -Math.log(twins(0.5)),
  'sinkhorn.widest': () => 4 * Math.atanh(Math.sqrt(onLine)),
  'sinkhorn.line': () => onLine,
  'sinkhorn.eleven': () => Math.tanh((0.1 * 0.9 ** 10) / 4),
  'maximum.bound': () => Math.sqrt(2 * Math.log(10)),
  'maximum.two': () => 1 / Math.sqrt(Math.PI),
  'maximum.ten': () => greatest(10),
  'path.second': () => eigenSymmetric(stats.graphLaplacian(path(3))).values[1],
  'path.third': () => eigenSymmetric(stats.graphLaplacian(path(3))).values[2],
  'path.normalised': () => eigenSymmetric(stats.normalisedLaplacian(path(3))).values[2],
  'smooth.rate': () => stats.smoothingRate(path(3)),
  'smooth.layers': () => first((l) => stats.smoothingRate(path(3)) ** l < 0.01),
  'heat.share': () => stats.spectralFilter(stats.graphLaplacian(path(2)), (frequency) => Math.exp(-frequency / 2)).data[1],
  'dense.rate': () => stats.smoothingRate(dense(20, 0.3)),
  'colours.number': () => new Set(stats.colourRefinement(path(5)).colours).size,
  'distance.inf': () => 3 / (3 + 4),
  'distance.two': () => 3 / Math.hypot(3, 4),
  'distance.one': () => 3 / Math.max(3, 4),
  'ball.first': () => l1()[0],
  'ball.second': () => l1()[1],
  certificate: () => certifiedRadius(1000, 1000, { sigma: 0.5 }).radius,
  'certificate.share': () => 0.001 ** (1 / 1000),
  'product.radius': () => 0.9 / (2 * 1.5),
  'sparse.worst': () => sparse([3, -4, 1, 2], { touched: 2, epsilon: 0.1 }),
  'bounds.high': bounds,
  'worst.random': () => Math.sqrt(3 * 784),
  'three.variation': () => (0.5 + 0 + 0.5) / 2,
  'three.js': () => stats.jensenShannon([0.5, 0.5, 0], [0, 0.5, 0.5]),
  'samples.distance': () => stats.wassersteinDistance([0, 1, 4], [1, 2, 3]),
  'samples.far': () => stats.wassersteinDistance([0, 1, 40], [1, 2, 3]),
  'mmd.negative': () => twoPoints().squared,
  mmd: () => 2 * kernelMean(0) - 2 * kernelMean(1),
  'dirac.step': () => 0.5 / (2 * 0.5 ** 2),
  'dirac.rate': dirac,
  'dirac.halving': () => Math.log(0.5) / Math.log(dirac()),
  'dirac.twelve': () => first((k) => k >= 4000 && back(k / 1e4, 12) < 1e-3) / 1e4,
  'least.first': async () => (await minimumVariance(assets)).weights[0],
  'least.second': async () => (await minimumVariance(assets)).weights[1],
  'least.volatility': async () => (await minimumVariance(assets)).volatility,
  'implied.first': () => impliedReturns([0.5, 0.5], assets, { riskAversion: 2.5 })[0],
  'implied.second': () => impliedReturns([0.5, 0.5], assets, { riskAversion: 2.5 })[1],
  'view.first': () => views()[0],
  'view.second': () => views()[1],
  'equal.twenty': async () => Math.sqrt(await equalParts(20)),
  'equal.limit': async () => Math.sqrt(2 * (await equalParts(40)) - (await equalParts(20))),
  'frontier.partner': partner,
  'kelly.share': () => optimalWeights([0.06], risky, { riskAversion: 1 })[0],
  'kelly.growth': () => growthRate([1.5], [0.06], risky),
  'kelly.half': () => growthRate([0.75], [0.06], risky),
  'edge.low': () => stats.marchenkoPastur({ ratio: 0.5 }).low,
  'edge.high': () => stats.marchenkoPastur({ ratio: 0.5 }).high,
};

describe('the answer booklet', () => {
  it('has no number that is not computed here, and none is computed that it does not have', () => {
    expect(printed.map(([key]) => key).sort()).toEqual(Object.keys(answers).sort());
  });

  it.each(printed)('%s is %s, to the last digit', async (key, text) => {
    const decimals = (text.split('.')[1] ?? '').length;
    expect((await answers[key]()).toFixed(decimals)).toBe(text);
  });

  it.each(readdirSync(FOLDER))(
    '%s has four to eight exercises, each with its answer below it, of the kinds that are explained, and some to compute and some to prove',
    (file) => {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      const kinds = [...text.matchAll(/\\begin\{exercise\}\{(\w+)\}/g)].map((match) => match[1]);
      expect(text.match(/\\(?:begin|end)\{(?:exercise|answer)\}/g)).toEqual(
        kinds.flatMap(() => ['\\begin{exercise}', '\\end{exercise}', '\\begin{answer}', '\\end{answer}']),
      );
      expect(kinds.length).toBeGreaterThanOrEqual(4);
      expect(kinds.length).toBeLessThanOrEqual(8);
      expect(['compute', 'read', 'build', 'prove']).toEqual(expect.arrayContaining(kinds));
      expect(kinds).toContain('compute');
      expect(kinds).toContain('prove');
    },
  );
});
