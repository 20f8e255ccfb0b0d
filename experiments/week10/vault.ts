import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Row } from '../../src/base/index.js';
import { confidenceInterval } from '../../src/stats/index.js';
import { type Json, openVault, RESEARCH } from '../../src/trade/index.js';
import type { Experiment, Found } from '../experiment.js';
import { MORE_SETTINGS, SETTINGS } from './hybrid/nets.js';
import { CLIPS, ITERATIONS, PRIORS } from './hybrid/opinions.js';
import { RULES } from './hybrid/portfolios.js';
import { BLOCK, differences, RIVALS, told } from './hybrid/report.js';
import { FARTHEST, FEATURES, FLOOR, G, NEIGHBOURS, STEPS, taskOf, UNIVERSES } from './hybrid/task.js';
import { run, since, type UniverseFound } from './hybrid/universe.js';

/*
 * The hybrid and its rivals as they were frozen, in the years that no choice has seen. The walk of 1995 to 2016 goes on: each year's nets and regressions
 * learn from what was known, and what was held at the end of 2016 is what January 2017 begins with. The funds end in 2016 and have no such years.
 */
const experiment: Experiment = {
  name: 'week10/vault',
  about:
    'The frozen hybrid and its rivals on twenty stocks in the sealed years, 2017 to 2022, beside equal parts and beside what was expected.',
  seed: 10,
  data: [UNIVERSES.stocks.source],
  sanity: { 'vault.months': { atLeast: 72, atMost: 72 }, 'vault.walk': { atMost: 1e-3 } },
  async run({ quick, folder, onStep }) {
    // A slice is of the last year that may be seen.
    const task = await taskOf('stocks', quick ? { from: 2016, to: RESEARCH.to } : { to: await opened() });
    const begun = process.cpuUsage();
    const found = await run(task, { folder, quick, onStep });
    const { user, system } = process.cpuUsage(begun);
    const minutes = { vault: (user + system) / 6e7 };
    if (quick) return { ...told('vault', found), minutes };
    const judged = told('vault', since(found, FIRST), 'week10-hybrid');
    const beside = besideExpected(found, researched());
    return {
      ...judged,
      numbers: { ...judged.numbers, ...beside.numbers },
      tables: { ...judged.tables, 'vault.expected': beside.rows },
      minutes,
    } satisfies Found;
  },
};
export default experiment;

const FIRST = '2017-01';

/** Everything that the choice on the years to 2016 fixed. */
export const FROZEN: Json = {
  claim: `hybrid less 1/N: mean of monthly returns after costs, % a year, by a paired bootstrap of months in blocks of ${BLOCK} on average, 95 %`,
  portfolios: RIVALS,
  universe: { ...UNIVERSES.stocks },
  rules: RULES,
  nets: SETTINGS,
  moreOfNets: MORE_SETTINGS,
  features: FEATURES,
  featuresWithin: FARTHEST,
  nodes: G,
  neighbours: NEIGHBOURS,
  steps: STEPS,
  leastSquare: FLOOR,
  clips: CLIPS,
  closedForms: { priors: PRIORS, iterations: ITERATIONS },
};

async function opened(): Promise<string> {
  const frozen = JSON.parse(readFileSync(join(import.meta.dirname, 'frozen.json'), 'utf8'));
  if (!isDeepStrictEqual(frozen, JSON.parse(JSON.stringify(FROZEN))))
    throw new Error(
      'week10/vault: what the hybrid is made of is not what frozen.json says; the sealed years judge what was frozen, so take the change back',
    );
  const { to } = await openVault({
    result: 'week10-hybrid',
    reason: 'The hybrid, its rivals and the decision of week 10 are final; the years after 2016 judge them.',
    frozen,
  });
  return to;
}

type Month = { readonly month: string } & Readonly<Record<string, number>>;

/** Months of 1995 to 2016 as the experiment on them saved them, which is before the vault was opened. */
function researched(): readonly Month[] {
  const file = join(import.meta.dirname, '../../results/experiments/week10/hybrid.json');
  return JSON.parse(readFileSync(file, 'utf8')).tables['stocks.monthly'];
}

/** What came beside what the months before led to expect of as many months, and how far the walk is from the one that was saved. */
function besideExpected(found: UniverseFound, before: readonly Month[]): { rows: Row[]; numbers: Found['numbers'] } {
  const judged = since(found, FIRST);
  const apart = before.flatMap((row, t) =>
    RIVALS.map((one) => (found.months[t] === row.month ? Math.abs(found.portfolios[one].net[t] - row[one]) : Infinity)),
  );
  const rows = RIVALS.filter((one) => one !== '1/N').map((portfolio) => {
    const [saved, reference] = [portfolio, '1/N'].map((one) => before.map((row) => row[one]));
    const [was, is] = [differences(saved, reference), differences(judged.portfolios[portfolio].net, judged.portfolios['1/N'].net)];
    const [mean, sharpe] = [
      expected(was.mean, before.length / judged.months.length),
      expected(was.sharpe, before.length / judged.months.length),
    ];
    return {
      portfolio,
      ...{ before: was.mean.estimate, beforeLow: was.mean.low, beforeHigh: was.mean.high },
      ...{ expectedLow: mean.low, expectedHigh: mean.high, came: is.mean.estimate, cameLow: is.mean.low, cameHigh: is.mean.high },
      ...{
        sharpeBefore: was.sharpe.estimate,
        sharpeExpectedLow: sharpe.low,
        sharpeExpectedHigh: sharpe.high,
        sharpeCame: is.sharpe.estimate,
      },
    };
  });
  const hybrid = rows.find(({ portfolio }) => portfolio === 'hybrid')!;
  return {
    rows,
    numbers: {
      'vault.expected': {
        ...{ value: hybrid.before, uncertainty: [hybrid.expectedLow, hybrid.expectedHigh], unit: '% a year', tolerance: 0.5 },
        description: `vault: hybrid less 1/N, mean return after costs, as ${before[0].month} to ${before[before.length - 1].month} led to expect it of ${judged.months.length} months`,
      },
      'vault.walk': {
        ...{ value: Math.max(...apart), uncertainty: 'exact: a distance', unit: '1', tolerance: 1e-3 },
        description: 'vault: largest distance of a monthly return of 1995 to 2016 from the one that was saved before',
      },
    },
  };
}

/** Where the same estimate over fewer months is expected with 95 %: the error of the first, and √ratio times that of the second. */
function expected({ estimate, low, high }: { estimate: number; low: number; high: number }, ratio: number): { low: number; high: number } {
  const error = (high - low) / (confidenceInterval(0, 1).high - confidenceInterval(0, 1).low);
  return confidenceInterval(estimate, error * Math.sqrt(1 + ratio));
}
