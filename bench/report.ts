import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../src/base/replace-file.js';
import { canonical, resultsFolder } from '../src/report/results.js';
import type { Contender } from './contender.js';
import { type Measured, type Ratio, ratioOf, typical } from './race.js';
import { workloads } from './workloads/index.js';

/** What `--json` prints: one line for each contender of a workload. */
export interface Measurement extends Pick<Contender, 'framework' | 'runtime' | 'threads'> {
  readonly workload: string;
  readonly medianUs: number;
  readonly fastestUs: number;
  readonly p99Us: number;
  readonly loss: number;
  /** How many times as fast as PyTorch's best at the same number of threads, and the lower 95 % bound; absent without PyTorch. */
  readonly ratio?: number;
  readonly ratioLow?: number;
}

export function measurements(workload: string, measured: readonly Measured[]): Measurement[] {
  return measured.map((contender) => {
    const { framework, runtime, threads, fastest, p99, loss } = contender;
    const torch = best('pytorch', measured, threads);
    const ratio = torch && ratioOf(contender, torch);
    const times = { medianUs: typical(contender), fastestUs: fastest, p99Us: p99 };
    return { workload, framework, runtime, threads, ...times, loss, ...(ratio && { ratio: ratio.median, ratioLow: ratio.low }) };
  });
}

/** Our best at a thread budget against each peer's best. */
interface Comparison extends Ratio {
  readonly peer: Contender['framework'];
  readonly budget: number;
  readonly ours: Measured;
}

function compare(measured: readonly Measured[], budgets: readonly number[]): Comparison[] {
  const frameworks = new Set(measured.map(({ framework }) => framework));
  frameworks.delete('lemmata');
  return budgets.flatMap((budget) => {
    const ours = best('lemmata', measured, budget);
    return [...frameworks].flatMap((peer) => {
      const theirs = best(peer, measured, budget);
      return ours && theirs ? [{ peer, budget, ours, ...ratioOf(ours, theirs) }] : [];
    });
  });
}

/** A framework's fastest way within a thread budget; it may use fewer. */
function best(framework: Contender['framework'], measured: readonly Measured[], budget: number): Measured | undefined {
  const within = measured.filter((contender) => contender.framework === framework && contender.threads <= budget);
  return within.sort((a, b) => typical(a) - typical(b))[0];
}

/** The largest relative distance of losses that still counts as the same computation. */
const SAME = 1e-3;

/** A workload's table for the terminal, and whether all reached the same loss. */
export function describe(
  id: string,
  title: string,
  measured: readonly Measured[],
  budgets: readonly number[],
): { text: string; agree: boolean } {
  const rows = measured.map((contender) => {
    const { framework, runtime, threads, fastest, p99 } = contender;
    return `  ${`${framework} ${runtime}, ${threads}`.padEnd(26)}${[typical(contender), fastest, p99].map(micro).join('')}`;
  });
  const ratios = compare(measured, id.endsWith('-predict') ? [1] : budgets).map(
    ({ peer, budget, ours, median, low }) =>
      `  at ${budget}: ${median.toFixed(2)} × ${peer} (95 % ≥ ${low.toFixed(2)}), by ${ours.runtime} on ${ours.threads}`,
  );
  const [first, ...others] = measured.map(({ loss }) => loss);
  const spread = Math.max(0, ...others.map((loss) => Math.abs(loss - first) / Math.abs(first)));
  const agree = spread <= SAME;
  const verdict = agree
    ? `agree to ${spread.toExponential(0)}`
    : `DIFFER: ${measured.map(({ runtime, loss }) => `${runtime} ${loss}`).join(', ')}`;
  const head = `${id}  ${title}`.padEnd(28) + ['median', 'fastest', '99 %'].map((name) => name.padStart(11)).join('');
  return { text: [head, ...rows, ...ratios, `  losses ${verdict}`, ''].join('\n'), agree };
}

const micro = (us: number) => (us < 1000 ? us.toFixed(1) : String(Math.round(us))).padStart(11);

export interface Bench {
  readonly results: ReadonlyMap<string, readonly Measured[]>;
  readonly budgets: readonly number[];
  readonly rounds: number;
  readonly versions: Readonly<Record<string, string>>;
  /** The machine's load before and after. */
  readonly load: readonly (readonly number[])[];
}

/** Writes results/bench.json: every measurement, and the ratios as numbers that prose can quote (`bench.W1.pytorch.1`). */
export function saveBench({ results, budgets, rounds, versions, load }: Bench): void {
  const numbers: Record<string, object> = {};
  for (const [id, measured] of results)
    for (const { peer, budget, median, low } of compare(measured, id.endsWith('-predict') ? [1] : budgets)) {
      const what = `${id}, at most ${budget} ${budget === 1 ? 'thread' : 'threads'}: speed over ${peer}'s`;
      numbers[`${id}.${peer}.${budget}`] = { value: median, unit: '1', description: what, tolerance: median / 2 };
      numbers[`${id}.${peer}.${budget}.low`] = { value: low, unit: '1', description: `${what}, lower 95 % bound`, tolerance: low / 2 };
    }
  const machine = { cpu: cpus()[0]?.model.trim(), cores: availableParallelism(), load };
  const lines = [...results].flatMap(([id, measured]) => measurements(id, measured));
  const title = 'Training steps and predictions against other frameworks';
  const content = { name: 'bench', profile: 'full', title, machine, rounds, versions, numbers, measurements: lines };
  replaceFile(join(resultsFolder(), 'bench.json'), canonical(content));
}

/** The README's table: how many times as fast as each peer, at one thread and two. */
export function speedTable({ numbers }: { numbers: Readonly<Record<string, { value: number }>> }): string {
  const columns = ['pytorch.1', 'pytorch.2', 'jax.1', 'tfjs.1', 'jax-js.1'];
  const rows = workloads.flatMap(({ id, title, predict }) => [
    [id, `${id} ${title}`],
    ...(predict ? [[`${id}-predict`, `${id}, one sample to predict`]] : []),
  ]);
  const cell = (key: string) => (numbers[key] ? twoDigits(numbers[key].value) : '');
  const lines = rows.map(([id, title]) => `| ${title} | ${columns.map((column) => cell(`${id}.${column}`)).join(' | ')} |`);
  return ['| | PyTorch | PyTorch, 2 threads | JAX | tfjs wasm | jax-js wasm |', '|---|---|---|---|---|---|', ...lines].join('\n');
}

const twoDigits = (value: number): string => (value < 99.5 ? value.toPrecision(2) : String(Number(value.toPrecision(2))));
