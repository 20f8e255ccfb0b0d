import { type Bundle, fixed, type Key, table } from '../base/index.js';
import { checkOptions, checkWhole } from '../base/internal.js';
import { dieboldMariano, holm, type Losses, modelConfidenceSet, studentT } from '../stats/index.js';
import { bartlettDegreesOfFreedom } from '../stats/internal.js';
import type { Finding } from './results.js';

/** Losses of all rivals on the same dates: those in closed form, and nets, each trained from several seeds. */
export interface Rivals {
  /** [T] ascending, each once */
  readonly dates: readonly string[];
  /** By name, each [T]; less is better. Of a panel, averaged over its assets. */
  readonly closedForms: Readonly<Record<string, ArrayLike<number>>>;
  /** By name, for each of its seeds [T]. */
  readonly nets: Readonly<Record<string, readonly ArrayLike<number>[]>>;
}

/** How a verdict is reached. */
export interface VerdictOptions {
  /** Of the samples of the confidence set. */
  readonly key: Key;
  /** What the losses are, for the sentence: `QLIKE`. */
  readonly loss: string;
  /** How many configurations were looked at to come to these nets, all of them. */
  readonly trials: number;
  /** Steps ahead of the forecasts, 1. */
  readonly horizon?: number;
  /** The closed form to beat; unless told the one with the least mean loss on these dates, which no one could have known, so that nets have it harder. */
  readonly benchmark?: string;
  /** Decimals of the losses in sentence and table, 4. */
  readonly decimals?: number;
}

/** A rival beside the benchmark. */
export interface Judged {
  readonly [column: string]: string | number | boolean | undefined;
  /** Its name. */
  readonly model: string;
  /** From how many seeds; 0 of a closed form. */
  readonly seeds: number;
  /** Mean over dates and seeds. */
  readonly loss: number;
  /** How much less than the benchmark's, positive where it is better; none of the benchmark itself. */
  readonly gain?: number;
  /** Standard error of the gain, over dates and seeds. */
  readonly error?: number;
  /** Two-sided, corrected by Holm for all rivals but the benchmark. */
  readonly p?: number;
  /** The gain that a test at 5 %, corrected for as many, finds in 80 % of samples. */
  readonly detectable?: number;
  /** Whether the dates cannot tell it from the best, at 90 %, with the seeds as they are: their luck is in `error` and `p`, and not in this. */
  readonly inSet: boolean;
}

/** What the losses say of depth. */
export interface Verdict {
  /** `Depth does not pay here: …`, with its numbers. */
  readonly sentence: string;
  /** Whether a net beats the benchmark beyond chance. */
  readonly pays: boolean;
  /** The closed form that stood. */
  readonly benchmark: string;
  /** The net that the sentence is about: that with the largest gain of those beyond chance, or of all. */
  readonly net: string;
  /** Best first. */
  readonly rows: readonly Judged[];
  /** The rows to show. */
  readonly table: Bundle;
  /** `gain` of the net and what was `detectable`, to be saved. */
  readonly numbers: Readonly<Record<'gain' | 'detectable', Finding>>;
}

/**
 * Whether depth pays: nets beside the best closed form, paired over dates and seeds, all counted.
 *
 *     dₛₜ = L(closed form)ₜ − L(net)ₛₜ        error² = HAC var of meanₛ dₛₜ / T + varₛ(meanₜ dₛₜ) / S
 *
 * The first part is what another history would change and the second what other seeds would. The noise of a seed on a date is in both, which
 * errs on the side of the closed form. The gain over its error follows Student's law, its degrees of freedom by Satterthwaite's rule; p-values are
 * corrected by Holm's. What a test at 5 % finds in 80 % of samples is about (t₁₋₀.₀₂₅/ₘ + t₀.₈) error, with m rivals: 76 % where the seeds' luck is all
 * and there are 5 of them and 3 rivals. With 2 seeds that luck is hardly known: the test at 5 % can reject one true null in eight, with 5 one in 17.
 *
 *     const { sentence, table } = verdict({ dates, closedForms: { har, garch }, nets: { lstm: [seed1, seed2] } }, { key: key(1), loss: 'QLIKE', trials: 60 });
 *
 * Nets must have been chosen on other dates.
 *
 * @throws when there is no closed form or no net, a net has fewer than 2 seeds, trials are fewer than nets, and as `dieboldMariano`
 *
 * Diebold & Mariano 1995; Satterthwaite 1946; Holm 1979; Hansen, Lunde & Nason 2011 for the set.
 */
export function verdict(rivals: Rivals, options: VerdictOptions): Verdict {
  checkOptions('verdict', options, ['key', 'loss', 'trials', 'horizon', 'benchmark', 'decimals']);
  const { key, loss, trials, decimals = 4 } = options;
  check(rivals, options);
  const all = meanOverSeeds(rivals);
  const { meanLosses, included } = modelConfidenceSet(all, { key });
  const lossOf = (model: string) => meanLosses[all.models.indexOf(model)];
  const closed = Object.keys(rivals.closedForms);
  const benchmark = options.benchmark ?? closed.reduce((a, b) => (lossOf(b) < lossOf(a) ? b : a));
  const others = all.models.filter((model) => model !== benchmark);
  const gains = others.map((model) => gainOf(rivals, { model, benchmark, horizon: options.horizon }));
  const p = holm(gains.map(({ gain, error, df }) => Math.min(1, 2 * studentT(df).survival(Math.abs(gain) / error))));
  const judged = others.map((model, i): Judged => {
    const { gain, error, df } = gains[i];
    const detectable = (studentT(df).quantile(1 - 0.025 / others.length) + studentT(df).quantile(0.8)) * error;
    const seeds = rivals.nets[model]?.length ?? 0;
    return { model, seeds, loss: lossOf(model), gain, error, p: p[i], detectable, inSet: included.includes(model) };
  });
  const rows = [...judged, { model: benchmark, seeds: 0, loss: lossOf(benchmark), inSet: included.includes(benchmark) }];
  rows.sort((a, b) => a.loss - b.loss);
  const { pays, net, sentence } = told(
    judged.filter(({ seeds }) => seeds > 0),
    { benchmark, loss, trials, decimals },
  );
  return {
    sentence,
    pays,
    benchmark,
    net: net.model,
    rows,
    table: shown(rows, benchmark, options),
    numbers: findings(net, benchmark, options),
  };
}

function check({ closedForms, nets }: Rivals, { trials, benchmark }: VerdictOptions): void {
  const [closed, deep] = [Object.keys(closedForms), Object.keys(nets)];
  if (closed.length === 0 || deep.length === 0)
    throw new Error(`verdict: needs a closed form and a net, got ${closed.length} and ${deep.length}; without a rival nothing is judged`);
  const single = deep.find((net) => nets[net].length < 2);
  if (single)
    throw new Error(
      `verdict: '${single}' was trained from ${nets[single].length} seed, so what a seed does is not known; train 2 or more, better 5`,
    );
  checkWhole('verdict', 'trials', trials, { from: deep.length }, 'each net is one, and so is every configuration that was dropped');
  if (benchmark !== undefined && !closed.includes(benchmark))
    throw new Error(`verdict: the benchmark must be a closed form, ${closed.join(', ')}; got '${benchmark}'`);
}

function meanOverSeeds({ dates, closedForms, nets }: Rivals): Losses {
  const deep = Object.entries(nets).map(([net, seeds]) => [net, dates.map((_, t) => mean(seeds.map((one) => one[t])))] as const);
  const all = [...Object.entries(closedForms), ...deep];
  return {
    dates,
    models: all.map(([model]) => model),
    values: Float64Array.from(dates.flatMap((_, t) => all.map(([, values]) => values[t]))),
  };
}

/** The gain of a rival, its error over dates and seeds, and the degrees of freedom of that. */
function gainOf(
  { dates, closedForms, nets }: Rivals,
  { model, benchmark, horizon }: { model: string; benchmark: string; horizon?: number | undefined },
): { gain: number; error: number; df: number } {
  const seeds = nets[model] ?? [closedForms[model]];
  const average = dates.map((_, t) => mean(seeds.map((one) => one[t])));
  const { mean: gain, standardError, lags } = dieboldMariano({ model: average, benchmark: closedForms[benchmark] }, { horizon });
  const overDates = standardError ** 2;
  const dfOfDates = bartlettDegreesOfFreedom(dates.length, lags);
  const S = seeds.length;
  const each = seeds.map((one) => mean(one));
  const overSeeds = S > 1 ? each.reduce((sum, one) => sum + (one - mean(each)) ** 2, 0) / (S - 1) / S : 0;
  const df = (overDates + overSeeds) ** 2 / (overDates ** 2 / dfOfDates + (S > 1 ? overSeeds ** 2 / (S - 1) : 0));
  return { gain, error: Math.sqrt(overDates + overSeeds), df };
}

function told(
  nets: readonly Judged[],
  { benchmark, loss, trials, decimals }: { benchmark: string; loss: string; trials: number; decimals: number },
): { pays: boolean; net: Judged; sentence: string } {
  const best = (some: readonly Judged[]) => some.reduce((a, b) => (b.gain! > a.gain! ? b : a));
  const better = nets.filter(({ gain, p }) => gain! > 0 && p! < 0.05);
  const worse = nets.filter(({ gain, p }) => gain! < 0 && p! < 0.05);
  const pays = better.length > 0;
  const net = best(pays ? better : nets);
  const size = `${fixed(net.gain!, decimals)} ± ${fixed(net.error!, decimals)} ${loss}`;
  const chance = chanceOf(net.p!);
  const counted = `p ${typeof chance === 'string' ? chance : `= ${fixed(chance, 3)}`}, corrected; ${trials} configurations were tried`;
  if (pays) return { pays, net, sentence: `Depth pays here by ${size}: ${net.model} against ${benchmark} (${counted}).` };
  const power = `A gain of ${fixed(net.detectable!, decimals)} would have been found in 80 % of samples`;
  const which = nets.length > 1 ? `the best of ${nets.length} nets, ${net.model},` : `the net, ${net.model},`;
  const losers = worse.length === nets.length ? 'it and all others lose' : worse.length === 1 ? 'one loses' : `${worse.length} lose`;
  const beaten = worse.length > 0 ? `; ${losers} beyond chance` : '';
  const sentence = `Depth does not pay here: ${which} gains ${size} on ${benchmark} (${counted})${nets.length > 1 ? beaten : ''}. ${power}.`;
  return { pays, net, sentence };
}

/** p as it is written: 0.000 would be a promise that no sample can keep. */
const chanceOf = (p: number): number | string => (p < 0.001 ? '< 0.001' : p);

function shown(rows: readonly Judged[], benchmark: string, { loss, decimals = 4 }: VerdictOptions): Bundle {
  return table(
    rows.map(({ model, seeds, loss, gain, error, p, inSet }) => ({
      model,
      seeds: seeds || '',
      loss,
      gain,
      '± one error': error,
      p: p === undefined ? p : chanceOf(p),
      'in the set': inSet ? '✓' : '',
    })),
    {
      title: `${loss} beside ${benchmark}: gains paired over dates and seeds, p corrected by Holm, the set of 90 %`,
      decimals: { loss: decimals, gain: decimals, '± one error': decimals, p: 3 },
    },
  );
}

function findings({ model, gain, error, detectable }: Judged, benchmark: string, { loss }: VerdictOptions): Verdict['numbers'] {
  const one = { unit: '1', tolerance: 3 * error! };
  return {
    gain: {
      ...one,
      value: gain!,
      uncertainty: error!,
      description: `${loss} that ${model} gains on ${benchmark}, error over dates and seeds`,
    },
    detectable: {
      ...one,
      value: detectable!,
      uncertainty: 'none: of the same error',
      description: `gain of ${model} on ${benchmark} found in 80 % of samples`,
    },
  };
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
