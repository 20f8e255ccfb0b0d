import { fold, type HostArray, key, type Row, uniform } from '../../src/base/index.js';
import type { Finding } from '../../src/report/index.js';
import { fasterWhenAhead, simulateExecution } from '../../src/trade/index.js';
import { collected, type Experiment, type Found } from '../experiment.js';
import { gapOn, meanOf, overSeeds, problemOf, rowOf } from './execution/setting.js';
import { pathsOfFifty, type Seller, SLICES, type Sold, sold } from './fifty/sellers.js';

const SEEDS = 10;
/** Ways to train that were tried on a seed or two, by their closed-form cost, before these were kept. */
const TRIED = 29;
/** How strongly the rule answers to luck; the choice must not be at either end. */
const RESPONSES = Array.from({ length: 21 }, (_, i) => i / 20);
const DRAWS = 10_000;

const RISKS = [1e-6, 2e-6] as const;
const KINDS = ['ppo', 'dqn'] as const;
const labelOf = (riskAversion: number) => `${Math.round(1e6 * riskAversion)}`;

/** Each training of ten seeds by its name: `ppo-time-1`, the number being λ in millionths. */
const SELLERS: Readonly<Record<string, Seller>> = Object.fromEntries(
  [
    ...RISKS.map((riskAversion) => ({ agent: 'ppo' as const, sees: 'time' as const, riskAversion })),
    ...RISKS.map((riskAversion) => ({ agent: 'dqn' as const, sees: 'time' as const, riskAversion })),
    ...RISKS.map((riskAversion) => ({ agent: 'ppo' as const, sees: 'price' as const, riskAversion })),
  ].map((seller) => [`${seller.agent}-${seller.sees}-${labelOf(seller.riskAversion)}`, seller]),
);

const WHOLE = 'of the gap from the best fixed schedule, 0, to even sales, 1';

/** The gap of each test path under the rule that sells faster when ahead, its response the best on the paths for choice. */
async function ruled(riskAversion: number, quick: boolean): Promise<Float64Array> {
  const { rule: choice, test } = pathsOfFifty(quick);
  const on = async (response: number, z: HostArray<Float64Array>) => {
    const { shortfall } = await simulateExecution(problemOf(SLICES), fasterWhenAhead(problemOf(SLICES), riskAversion, response), z);
    return gapOn({ slices: SLICES, riskAversion }, shortfall, z);
  };
  const tried: number[] = [];
  for (const response of RESPONSES) tried.push(meanOf(await on(response, choice)).mean);
  const at = tried.indexOf(Math.min(...tried));
  if (!quick && (at === 0 || at === RESPONSES.length - 1))
    throw new Error(`the best response ${RESPONSES[at]} is at an end; widen RESPONSES`);
  return on(RESPONSES[at], test);
}

/** Ten seeds of one agent, each the best of its snapshots on the paths for choice. */
async function trained(
  part: string,
  seller: Seller,
  options: { quick: boolean; folder: string; each: (done: Sold) => void },
): Promise<Found> {
  const { quick } = options;
  const { agent, sees, riskAversion } = seller;
  const setting = { slices: SLICES, riskAversion };
  const all: Sold[] = [];
  const started = performance.now();
  for (let seed = 1; seed <= (quick ? 2 : SEEDS); seed++) {
    all.push(await sold(seller, seed, options));
    options.each(all.at(-1)!);
  }
  const { test } = pathsOfFifty(quick);
  const who = `${agent.toUpperCase()} that sees the ${sees}, ${SLICES} slices, λ = ${riskAversion}, paid against even sales of the rest, ${SEEDS} seeds`;
  const finding = (values: readonly number[], pathError: number, description: string): Finding => ({
    value: meanOf(values).mean,
    uncertainty: overSeeds(values, pathError),
    unit: '1',
    description: `${who}${description}`,
    tolerance: 0.01,
  });
  // Who sees the time alone has a schedule, whose cost is known; who sees the price is judged on paths, which all seeds share.
  const gaps = sees === 'time' ? [] : all.map(({ shortfall }) => gapOn(setting, Float64Array.from(shortfall), test));
  const rule = gaps.length > 0 ? await ruled(riskAversion, quick) : new Float64Array(0);
  const mean = Float64Array.from({ length: gaps.length > 0 ? test.shape[0] : 0 }, (_, m) => meanOf(gaps.map((gap) => gap[m])).mean);
  const pathError = gaps.length > 0 ? meanOf(mean).error : 0;
  const middle = all.toSorted((a, b) => a.test - b.test)[Math.floor(all.length / 2)];
  const of = (pick: (one: Sold) => number) => all.map(pick);
  return {
    numbers: {
      [part]: finding(
        of(({ test }) => test),
        pathError,
        `, snapshots chosen on other paths: ${WHOLE}`,
      ),
      [`${part}-last`]: finding(
        of(({ last }) => last),
        pathError,
        `, last weights, likeliest speed: ${WHOLE}`,
      ),
      ...(gaps.length > 0 && {
        [`${part}-less-rule`]: finding(
          gaps.map((gap) => meanOf(gap).mean - meanOf(rule).mean),
          meanOf(mean.map((g, m) => g - rule[m])).error,
          ', less the rule that sells faster when ahead, on the same paths: in parts of the gap',
        ),
        [`ahead-${labelOf(riskAversion)}`]: {
          value: meanOf(rule).mean,
          uncertainty: meanOf(rule).error,
          unit: '1',
          description: `the rule that sells faster when ahead, ${SLICES} slices, λ = ${riskAversion}: ${WHOLE}`,
          tolerance: 0.01,
        },
      }),
    },
    tables: {
      [part]: all.map(({ seed, choice, test, last, snapshot }) => ({ seed, choice, test, last, snapshot })),
      ...(sees === 'time' && { [`${part}-schedules`]: schedules(all) }),
      [`${part}-row`]: [rowOf(`${agent.toUpperCase()} that sees the ${sees}`, setting, Float64Array.from(middle.shortfall), test)],
    },
    trials: 1 + (gaps.length > 0 ? RESPONSES.length : 0),
    pinned: { [part]: all.reduce((sum, { size }) => sum + size, 0) },
    minutes: { [part]: (performance.now() - started) / 60_000 },
  };
}

/** x of each seed, a row a slice, in whole shares. */
const schedules = (all: readonly Sold[]): Row[] =>
  all[0].holdings.map((_, slice) => ({
    slice,
    ...Object.fromEntries(all.map(({ seed, holdings }) => [`seed ${seed}`, Math.round(holdings[slice])])),
  }));

type Judged = { choice: number; test: number };

/** What the best on the paths for choice leaves, and where that lies in 95 % of draws of as many seeds of each kind, the choice made anew in each. */
function chosenOf(kinds: readonly (readonly Judged[])[], draw: number): { value: number; interval: [number, number] } {
  const best = (all: readonly Judged[]) => all.reduce((a, b) => (b.choice < a.choice ? b : a)).test;
  const u = uniform(fold(key(experiment.seed), draw), [DRAWS, kinds.flat().length]).data;
  let at = 0;
  const again = () => best(kinds.flatMap((seeds) => seeds.map(() => seeds[Math.floor(u[at++] * seeds.length)])));
  const drawn = Float64Array.from({ length: DRAWS }, again).sort();
  return { value: best(kinds.flat()), interval: [drawn[Math.floor(0.025 * DRAWS)], drawn[Math.floor(0.975 * DRAWS)]] };
}

/** All parts, and at each λ the one agent of both kinds that does best on the paths for choice. */
function together(parts: Readonly<Record<string, Found>>): Found {
  const all = collected(experiment, parts);
  const numbers = RISKS.map((riskAversion, i): [string, Finding] => {
    const names = KINDS.map((kind) => `${kind}-time-${labelOf(riskAversion)}`);
    const { value, interval } = chosenOf(
      names.map((name) => parts[name].tables![name] as unknown as Judged[]),
      i,
    );
    const description = `the one of ${2 * SEEDS} that see the clock which the paths for choice prefer, λ = ${riskAversion}; seeds drawn and chosen anew: ${WHOLE}`;
    return [`chosen-${labelOf(riskAversion)}`, { value, uncertainty: interval, unit: '1', description, tolerance: 0.01 }];
  });
  return { ...all, numbers: { ...all.numbers, ...Object.fromEntries(numbers) }, trials: (all.trials ?? 0) + TRIED };
}

const experiment = {
  name: 'week06/fifty',
  about:
    "Almgren and Chriss's block in fifty slices, by agents that are spared the luck which even sales of the rest would have too: what they leave of the gap.",
  seed: 650,
  parts: Object.keys(SELLERS),
  async run({ part, quick, onStep, folder }): Promise<Found> {
    let done = 0;
    const each = ({ seed, test }: Sold) => onStep(++done, quick ? 2 : SEEDS, `seed ${seed}: ${(100 * test).toFixed(2)} % of the gap`);
    return trained(part, SELLERS[part], { quick, folder, each });
  },
  sanity: { 'ppo-time-1': { atMost: 0.5 } },
} satisfies Experiment;

export default { ...experiment, collect: together } satisfies Experiment;
