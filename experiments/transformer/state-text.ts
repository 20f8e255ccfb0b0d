import { mean } from '../../src/linalg/index.js';
import type { Finding, Row } from '../../src/report/index.js';
import { drawMarkets, studentT } from '../../src/stats/index.js';
import { fold, key } from '../../src/tensor/index.js';
import { claimsOf } from '../../src/text/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { ASPECTS, type Classes, likeliest, ruleFor, ruleOf, shuffledDays } from './state-text/closed.js';
import { between, confusion, type Estimate, rate } from './state-text/judge.js';
import { DAYS, trainedWriter } from './state-text/net.js';
import { PANEL, realWindows } from './state-text/real.js';

/*
 * A transformer reads windows of returns and a small GPT writes what it was told of them. Does the text name the state of a market whose numbers no one knows?
 * Beside it the best that can be named, by integrating Hamilton's filter over all markets, rules of three lines, and texts of other windows.
 */
const SEED = 22;
const SEEDS = ['1', '2'];
const STEPS = 3600;

const experiment: Experiment = {
  name: 'transformer/state-text',
  about: 'Texts of a small GPT, told embeddings of raw windows: do they name regime, volatility and trend of markets with unseen numbers?',
  seed: SEED,
  data: [PANEL],
  parts: ['closed', ...SEEDS, 'control'],
  sanity: { 'rate.regime.text': { atLeast: 0.7 }, 'rate.volatility.text': { atLeast: 0.6 }, 'rate.trend.text': { atLeast: 0.5 } },
  async run(options) {
    const began = process.cpuUsage();
    const found = options.part === 'closed' ? closed(await judgedOn(options.quick)) : await written(await judgedOn(options.quick), options);
    const { user, system } = process.cpuUsage(began);
    return { ...found, minutes: { [options.part]: (user + system) / 6e7 } };
  },
  collect,
};
export default experiment;

/** Windows to judge by: planted ones, the same with their days in another order, and real ones. */
async function judgedOn(quick: boolean) {
  const planted = drawMarkets(fold(key(SEED), 2000), { windows: quick ? 40 : 4000, days: DAYS });
  const real = await realWindows(quick);
  const shuffled = shuffledDays(planted.returns, fold(key(SEED), 1001));
  const truth = planted.states.regime.length;
  const states: Classes[] = Array.from({ length: truth }, (_, i) => ASPECTS.map((aspect) => planted.states[aspect][i]));
  return { planted: { returns: planted.returns, states }, shuffled, real };
}
type JudgedOn = Awaited<ReturnType<typeof judgedOn>>;

/** What leaves a part: of each judged window the classes that were named, −1 where none was. */
interface Left {
  readonly named: Readonly<Record<string, Classes[]>>;
  readonly truth?: { readonly planted: Classes[]; readonly real: Classes[]; readonly dates: readonly string[] };
  readonly examples?: readonly Row[];
}
const leave = (left: Left) => ({ left: [{ json: JSON.stringify(left) }] });

function closed({ planted, real }: JudgedOn): Found {
  const { spans, tried } = ruleFor(drawMarkets(fold(key(SEED), 1002), { windows: 2000, days: DAYS }));
  const named = {
    'best.planted': likeliest(planted.returns),
    'best.real': likeliest(real.returns),
    'rule.planted': ruleOf(planted.returns, spans),
    'rule.real': ruleOf(real.returns, spans),
  };
  const sum = (all: readonly Classes[]) => all.reduce((total, one) => total + one[0] + 2 * one[1] + 3 * one[2], 0);
  return {
    numbers: {},
    tables: leave({ named, truth: { planted: planted.states, real: real.states, dates: real.dates } }),
    trials: tried,
    pinned: { best: sum(named['best.planted']), real: sum(named['best.real']), ...spans },
  };
}

async function written({ planted, shuffled, real }: JudgedOn, { part, quick, onStep }: RunOptions): Promise<Found> {
  const control = part === 'control';
  const steps = quick ? 12 : control ? STEPS / 4 : STEPS;
  const seed = control ? 9 : Number(part);
  const { loss, texts } = await trainedWriter(fold(key(SEED), seed), {
    steps,
    shifted: control,
    onStep: (done, note) => onStep(done, steps, note),
  });
  const say = async (windows: Parameters<typeof texts>[0]) => texts(windows);
  const [onPlanted, onShuffled, onReal] = [await say(planted.returns), await say(shuffled), await say(real.returns)];
  const read = (all: readonly string[]): Classes[] =>
    all.map((text) => {
      const claims = claimsOf(text);
      return ASPECTS.map((aspect) => claims[aspect] ?? -1);
    });
  const who = control ? 'control' : `text${part}`;
  const named = { [`${who}.planted`]: read(onPlanted), [`${who}.shuffled`]: read(onShuffled), [`${who}.real`]: read(onReal) };
  const examples = [...Array(6).keys()].map((i) => ({ window: i, truth: planted.states[i].join(' '), text: onPlanted[i] }));
  return { numbers: {}, tables: leave({ named, ...(part === SEEDS[0] && { examples }) }), trials: 1, pinned: { [`loss.${part}`]: loss } };
}

function collect(parts: Readonly<Record<string, Found>>): Found {
  const lefts = Object.values(parts).map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
  const named: Record<string, Classes[]> = Object.assign({}, ...lefts.map((left) => left.named));
  const { planted, real, dates } = lefts.find(({ truth }) => truth)!.truth!;
  const examples = lefts.find((left) => left.examples)?.examples ?? [];
  const seeds = SEEDS.filter((seed) => named[`text${seed}.planted`]);
  const numbers: Record<string, Finding> = {};
  const tables: Record<string, Row[]> = { examples: [...examples] };
  tables.rates = [];
  for (const [a, aspect] of ASPECTS.entries()) {
    const each = (who: string, truth: readonly Classes[]) => named[who].map((one, i) => Number(one[a] === truth[i][a]));
    const texts = (where: string, truth: readonly Classes[]) => seeds.map((seed) => each(`text${seed}.${where}`, truth));
    const keep = (name: string, description: string, found: Estimate, unit: '1' | 'points' = '1') => {
      const scale = unit === 'points' ? 100 : 1;
      const width = studentT(found.freedom).quantile(0.975) * found.error * scale;
      const value = scale * found.value;
      numbers[name] = { value, uncertainty: [value - width, value + width], unit, description, tolerance: Math.max(3 * width, 1e-9) };
    };
    const [best, rule] = [each('best.planted', planted), each('rule.planted', planted)];
    keep(
      `rate.${aspect}.text`,
      `share of planted windows whose ${aspect} the text names rightly; windows and seeds`,
      rate(texts('planted', planted)),
    );
    keep(`rate.${aspect}.best`, `the same by the best classifier there is`, rate([best]));
    keep(`rate.${aspect}.rule`, `the same by a rule of one line`, rate([rule]));
    keep(`rate.${aspect}.shuffled`, `the same by texts of windows whose days were put in another order`, rate(texts('shuffled', planted)));
    keep(`rate.${aspect}.control`, `the same by a writer trained on texts of other windows`, rate([each('control.planted', planted)]));
    keep(
      `behind.${aspect}`,
      `points by which the best classifier is ahead of the text, on the same planted windows`,
      between([best], texts('planted', planted)),
      'points',
    );
    keep(
      `ahead.${aspect}`,
      `points by which the text is ahead of the rule, on the same planted windows`,
      between(texts('planted', planted), [rule]),
      'points',
    );
    const [realBest, realRule] = [each('best.real', real), each('rule.real', real)];
    keep(
      `real.${aspect}.text`,
      `share of real windows whose ${aspect} the text names rightly, by the stated definition; dates and seeds`,
      rate(texts('real', real), dates),
    );
    keep(`real.${aspect}.best`, `the same by the best classifier of planted windows`, rate([realBest], dates));
    keep(`real.${aspect}.rule`, `the same by the rule`, rate([realRule], dates));
    keep(
      `real.${aspect}.ahead`,
      `points by which the text is ahead of the rule on real windows`,
      between(texts('real', real), [realRule], dates),
      'points',
    );
    for (const [where, truth] of [
      ['planted', planted],
      ['real', real],
    ] as const) {
      const tables_ = seeds.map((seed) =>
        confusion(
          named[`text${seed}.${where}`].map((one) => one[a]),
          truth.map((one) => one[a]),
        ),
      );
      const chance = mean(Float64Array.from(tables_, (one) => one.chance));
      numbers[`chance.${where}.${aspect}`] = {
        value: chance,
        uncertainty: 'exact: shares of texts and of states, multiplied',
        unit: '1',
        tolerance: 0.02,
        description: `share that the same texts would name rightly of other ${where} windows`,
      };
      tables[`confusion.${where}.${aspect}`] = tables_[0].cells.map(({ truth, said }) => ({
        truth,
        said,
        share: mean(Float64Array.from(tables_, ({ cells }) => cells.find((one) => one.truth === truth && one.said === said)!.share)),
      }));
    }
    tables.rates.push({
      aspect,
      ...Object.fromEntries(seeds.map((seed, s) => [`seed ${seed}`, mean(Float64Array.from(texts('planted', planted)[s]))])),
    });
  }
  const unread = seeds
    .flatMap((seed) => [...named[`text${seed}.planted`], ...named[`text${seed}.real`]])
    .filter((one) => one.includes(-1)).length;
  numbers.unread = {
    value: unread,
    uncertainty: 'exact: a count',
    unit: '1',
    tolerance: 0,
    description: 'texts that name no class of an aspect, or two',
  };
  numbers.windows = {
    value: planted.length,
    uncertainty: 'exact: a count',
    unit: '1',
    tolerance: 0,
    description: 'planted windows to judge by',
  };
  numbers.realWindows = {
    value: real.length,
    uncertainty: 'exact: a count',
    unit: '1',
    tolerance: 0,
    description: 'real windows to judge by',
  };
  const together = (pick: (found: Found) => Readonly<Record<string, number>> | undefined) =>
    Object.assign({}, ...Object.values(parts).map(pick)) as Record<string, number>;
  const minutes = together((found) => found.minutes);
  const training = seeds.map((seed) => minutes[seed]).filter((one) => one !== undefined);
  return {
    numbers,
    tables,
    trials: Object.values(parts).reduce((sum, { trials = 1 }) => sum + trials, 0),
    pinned: together(({ pinned }) => pinned),
    minutes: { ...minutes, ...(training.length > 0 && { training: Math.max(...training) }) },
  };
}
