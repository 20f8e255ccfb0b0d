import type { Row } from '../../src/base/index.js';
import type { Finding } from '../../src/report/index.js';
import { fasterWhenAhead, implementationShortfall, simulateExecution } from '../../src/trade/index.js';
import type { Experiment, Found } from '../experiment.js';
import { type Agent, type Seeded, seeded } from './execution/agents.js';
import { gapOn, meanOf, overSeeds, pathsOf, problemOf, rowOf, type Setting, schedulesOf } from './execution/setting.js';

const SEEDS = 10;
/** Ways to train that were tried on a seed or two, by their closed-form cost, before these were kept. */
const TRIED = 28;
/** How strongly the rule answers to luck; the choice must not be at either end. */
const RESPONSES = Array.from({ length: 21 }, (_, i) => i / 20);

const SETTINGS: readonly Setting[] = [5, 50].flatMap((slices) => [1e-6, 2e-6].map((riskAversion) => ({ slices, riskAversion })));
const EVEN: Setting = { slices: 5, riskAversion: 0 };
const KINDS = ['ppo', 'dqn'] as const;

/** Each training of ten seeds by its name: `ppo-time-5-1`, the last number being λ in millionths. */
const AGENTS: Readonly<Record<string, Agent>> = Object.fromEntries(
  [
    ...SETTINGS.flatMap((setting) => KINDS.map((agent) => ({ ...setting, agent, sees: 'time' as const }))),
    { ...EVEN, agent: 'ppo' as const, sees: 'time' as const },
    ...SETTINGS.filter(({ slices }) => slices === 5).map((setting) => ({ ...setting, agent: 'ppo' as const, sees: 'price' as const })),
  ].map((agent) => [`${agent.agent}-${agent.sees}-${labelOf(agent)}`, agent]),
);

function labelOf({ slices, riskAversion }: Setting): string {
  return `${slices}-${Math.round(1e6 * riskAversion)}`;
}

const inWords = ({ slices, riskAversion }: Setting) => `${slices} slices, λ = ${riskAversion}`;
const WHOLE = 'of the gap from the best fixed schedule, 0, to even sales, 1';

/** What everyone does who needs no training, and the rule that spends luck, its response chosen on paths of its own. */
async function rivals(quick: boolean): Promise<Found> {
  const rows: Row[] = [];
  const numbers: Record<string, Finding> = {};
  for (const setting of [...SETTINGS, EVEN]) {
    const { slices, riskAversion } = setting;
    const { choice, test } = pathsOf(slices, quick);
    for (const [name, holdings] of Object.entries(schedulesOf(setting)))
      rows.push(rowOf(name, setting, implementationShortfall(problemOf(slices), holdings, test), test));
    if (riskAversion === 0) continue;
    const on = async (response: number, z: typeof test) =>
      (await simulateExecution(problemOf(slices), fasterWhenAhead(problemOf(slices), riskAversion, response), z)).shortfall;
    const tried: number[] = [];
    for (const response of RESPONSES) tried.push(meanOf(gapOn(setting, await on(response, choice), choice)).mean);
    const at = tried.indexOf(Math.min(...tried));
    if (!quick && (at === 0 || at === RESPONSES.length - 1))
      throw new Error(`the best response ${RESPONSES[at]} is at an end; widen RESPONSES`);
    const lost = await on(RESPONSES[at], test);
    rows.push(rowOf('faster when ahead', setting, lost, test));
    const { mean, error } = meanOf(gapOn(setting, lost, test));
    numbers[`ahead-${labelOf(setting)}`] = {
      value: mean,
      uncertainty: error,
      unit: '1',
      description: `the rule that sells faster when ahead, ${inWords(setting)}: ${WHOLE}`,
      tolerance: 0.01,
    };
    numbers[`response-${labelOf(setting)}`] = {
      value: RESPONSES[at],
      uncertainty: 'none: chosen',
      unit: '1',
      description: `its response to luck, the best of ${RESPONSES.length} on paths of their own, ${inWords(setting)}`,
      tolerance: 0.1,
    };
  }
  return { numbers, tables: { rivals: rows }, trials: TRIED + RESPONSES.length * SETTINGS.length, pinned: pins(rows) };
}

/** The smooth ones of a table: what each seller costs on average. */
const pins = (rows: readonly Row[]) =>
  Object.fromEntries(rows.map((row) => [`${row.seller}-${row.slices}-${row.riskAversion}`, Number(row.mean)]));

/** Ten seeds of one agent, each the best of its snapshots on the paths for choice. */
async function trained(
  part: string,
  agent: Agent,
  options: { quick: boolean; folder: string; each: (done: Seeded) => void },
): Promise<Found> {
  const { quick } = options;
  const all: Seeded[] = [];
  const started = performance.now();
  for (let seed = 1; seed <= (quick ? 2 : SEEDS); seed++) {
    all.push(await seeded(agent, seed, options));
    options.each(all.at(-1)!);
  }
  const { test } = pathsOf(agent.slices, quick);
  const gaps = all.map(({ shortfall }) => gapOn(agent, Float64Array.from(shortfall), test));
  const pathError = meanOf(test.data.subarray(0, gaps[0].length).map((_, m) => meanOf(gaps.map((gap) => gap[m])).mean)).error;
  const who = `${agent.agent.toUpperCase()} that sees the ${agent.sees}, ${inWords(agent)}, ${SEEDS} seeds`;
  const whole = agent.riskAversion > 0 ? WHOLE : 'of what even sales cost on average, above them';
  const finding = (values: readonly number[], description: string): Finding => ({
    value: meanOf(values).mean,
    uncertainty: overSeeds(values, pathError),
    unit: '1',
    description,
    tolerance: 0.01,
  });
  const middle = all.toSorted((a, b) => a.test - b.test)[Math.floor(all.length / 2)];
  return {
    numbers: {
      [part]: finding(
        all.map(({ test }) => test),
        `${who}, snapshots chosen on other paths: ${whole}`,
      ),
      [`${part}-last`]: finding(
        all.map(({ last }) => last),
        `${who}, last weights, likeliest speed: ${whole}`,
      ),
      [`${part}-choice`]: {
        value: meanOf(all.map(({ choice }) => choice)).mean,
        uncertainty: 'none: what the choice was made on',
        unit: '1',
        description: `${who}: ${whole}, on the paths that chose`,
        tolerance: 0.01,
      },
    },
    tables: {
      [part]: all.map(({ seed, choice, test, last, snapshot }) => ({ seed, choice, test, last, snapshot })),
      [`${part}-holdings`]: middle.holdings.map((shares, k) => ({ slice: k, shares })),
      [`${part}-row`]: [
        rowOf(`${agent.agent.toUpperCase()} that sees the ${agent.sees}`, agent, Float64Array.from(middle.shortfall), test),
      ],
    },
    trials: 1,
    pinned: { [part]: all.reduce((sum, { size }) => sum + size, 0) },
    minutes: { [part]: (performance.now() - started) / 60_000 },
  };
}

export default {
  name: 'week06/execution',
  about:
    "Agents that sell Almgren and Chriss's block: how much they leave of the gap between even sales and the best fixed schedule, and what sight of the price adds.",
  seed: 600,
  parts: ['rivals', ...Object.keys(AGENTS)],
  async run({ part, quick, onStep, folder }): Promise<Found> {
    if (part === 'rivals') return rivals(quick);
    let done = 0;
    const each = ({ seed, test }: Seeded) => onStep(++done, quick ? 2 : SEEDS, `seed ${seed}: ${(100 * test).toFixed(2)} % of the gap`);
    return trained(part, AGENTS[part], { quick, folder, each });
  },
  sanity: { 'ppo-time-5-1': { atMost: 0.5 }, 'ppo-time-50-1': { atMost: 0.5 }, 'dqn-time-5-1': { atMost: 1 } },
} satisfies Experiment;
