import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import type { Row } from '../../src/base/index.js';
import { replaceFile } from '../../src/base/internal.js';
import { initLinear, initLstmVariant, type LstmVariant, linear, lstmVariant } from '../../src/nn/index.js';
import { adam, type ParamsOf, trainingStep } from '../../src/optim/index.js';
import type { Finding } from '../../src/report/index.js';
import { fisherExact, hacMean, holm, welchTest } from '../../src/stats/index.js';
import { compile, fold, key, split } from '../../src/tensor/index.js';
import type { Experiment, Found } from '../experiment.js';
import { TASKS } from '../sequence-tasks.js';
import { share } from '../share.js';

/** Greff's baseline, V, and the eight variants that each change one thing. */
const peepholes = true;
const VARIANTS: Readonly<Record<string, LstmVariant>> = {
  V: { peepholes },
  NIG: { peepholes, inputGate: false },
  NFG: { peepholes, forgetGate: false },
  NOG: { peepholes, outputGate: false },
  NIAF: { peepholes, inputActivation: false },
  NOAF: { peepholes, outputActivation: false },
  CIFG: { peepholes, forgetGate: 'coupled' },
  NP: {},
  FGR: { peepholes, gateRecurrence: true },
};
const OTHERS = Object.keys(VARIANTS).filter((name) => name !== 'V');
const SEEDS = 20;
const RATE = 0.01; // of Adam, for all variants and tasks, chosen before any was compared
const TEST = 500;

/** What came of one training: the score on new sequences, and the mean loss of its last 50 steps. */
interface Run {
  readonly score: number;
  readonly loss: number;
}

/** Trains a variant on a task with each seed; a run that is in the file already does not run again. Variants share the data of a seed. */
async function runs(
  task: string,
  name: string,
  { count, steps, file, onRun }: { count: number; steps: number; file: string; onRun: () => void },
) {
  const { inputs, outputs, width, batch, data, loss, score } = TASKS[task];
  const variant = VARIANTS[name];
  const initialOf = (seed: number) => {
    const [forCell, forHead] = split(key(seed));
    return { cell: initLstmVariant(forCell, { inputs, width, ...variant }), head: initLinear(forHead, { inputs: width, outputs }) };
  };
  const optimizer = adam(initialOf(0), { learningRate: RATE, clipNorm: 1 });
  type Params = ParamsOf<typeof optimizer>;
  type State = Parameters<typeof optimizer.params>[0];
  const said = ({ cell, head }: Params, x: tf.Tensor) => {
    const states = lstmVariant(cell, x, variant).outputs;
    const [B, T] = states.shape as [number, number];
    return linear(head, states.reshape([B * T, width])).reshape([B, T, outputs]);
  };
  const step = compile(
    trainingStep(optimizer, (params: Params, x: tf.Tensor, y: tf.Tensor) => loss(said(params, x), y)),
    { donate: [0] },
  );
  const scoreOf = compile((state: State, x: tf.Tensor, y: tf.Tensor) => score(said(optimizer.params(state), x), y));
  const done: Run[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  for (let seed = done.length; seed < count; seed++) {
    const [forData, forTest] = split(fold(key(seed), 1));
    let state = optimizer.init(initialOf(seed)) as Parameters<typeof step>[0];
    let sum = 0;
    for (let k = 0; k < steps; k++) {
      const { x, y } = data(fold(forData, k), batch, 'train');
      const next = await step(state, x, y);
      state = next.state;
      if (k >= steps - 50) sum += next.loss.item();
    }
    const { x, y } = data(forTest, TEST, 'test');
    done.push({ score: (await scoreOf(state as State, x, y)).item(), loss: sum / Math.min(steps, 50) });
    replaceFile(file, [Buffer.from(JSON.stringify(done))]);
    onRun();
  }
  return done;
}

/** The p-values of a task's variant against V, before Holm; groups whose scores are all the same number are not told apart. */
function against(rows: readonly Row[], task: string, name: string): { fisher: number; welch: number } {
  const of = (variant: string) => rows.filter((row) => row.task === task && row.variant === variant);
  const [mine, base] = [of(name), of('V')];
  const solved = (some: readonly Row[]): [number, number] => [some.filter((row) => row.solved).length, some.length];
  const [x, y] = [mine, base].map((some) => some.map((row) => Number(row.score)));
  const same = new Set([...x, ...y]).size === 1;
  return { fisher: fisherExact(solved(mine), solved(base)), welch: same ? 1 : welchTest(x, y).pValue };
}

export default {
  name: 'week04/greff',
  about:
    'The eight variants of an LSTM of Greff et al. 2017 against their baseline V, on three tasks that a run learns in seconds or does not.',
  seed: 0,
  parts: Object.keys(TASKS),
  async run({ part, quick, onStep, folder }) {
    const names = quick ? ['V', 'NOG'] : Object.keys(VARIANTS);
    const [count, steps] = [quick ? 2 : SEEDS, quick ? 3 : TASKS[part].steps];
    let finished = 0;
    const rows: Row[] = [];
    const pinned: Record<string, number> = {};
    const started = performance.now();
    for (const variant of names) {
      const onRun = () => onStep(++finished, names.length * count, `${part} ${variant}`);
      const found = await runs(part, variant, { count, steps, file: join(folder, `${variant}.json`), onRun });
      pinned[`${part}.${variant}`] = found.reduce((sum, { loss }) => sum + loss, 0);
      for (const [seed, { score }] of found.entries())
        rows.push({ task: part, variant, seed, score: Number(score.toPrecision(5)), solved: TASKS[part].solved(score) });
    }
    return {
      numbers: {},
      tables: { runs: rows },
      trials: names.length,
      pinned,
      minutes: { [part]: (performance.now() - started) / 60_000 },
    };
  },
  collect(parts) {
    const rows = Object.values(parts).flatMap(({ tables }) => [...tables!.runs]);
    const names = [...new Set(rows.map((row) => String(row.variant)))];
    const compared = Object.keys(parts).flatMap((task) => OTHERS.filter((name) => names.includes(name)).map((name) => ({ task, name })));
    const tests = compared.map(({ task, name }) => against(rows, task, name));
    const [fisher, welch] = [holm(tests.map((test) => test.fisher)), holm(tests.map((test) => test.welch))];
    const numbers: Record<string, Finding> = {};
    const variants: Row[] = [];
    for (const task of Object.keys(parts))
      for (const name of names) {
        const mine = rows.filter((row) => row.task === task && row.variant === name);
        const solved = mine.filter((row) => row.solved).length;
        const { mean, standardError } = hacMean(
          Float64Array.from(mine, (row) => Number(row.score)),
          { lags: 0 },
        );
        numbers[`${task}.${name.toLowerCase()}.solved`] = share(
          solved / mine.length,
          mine.length,
          `share of runs of ${name} that solved the task ${task}`,
        );
        numbers[`${task}.${name.toLowerCase()}.score`] = {
          value: mean,
          uncertainty: standardError,
          unit: '1',
          description: `mean score of ${name} on the task ${task}, over seeds`,
          tolerance: 0.1,
        };
        const at = compared.findIndex((one) => one.task === task && one.name === name);
        variants.push({
          task,
          variant: name,
          solved,
          of: mine.length,
          fisher: at < 0 ? null : fisher[at],
          welch: at < 0 ? null : welch[at],
        });
      }
    const different = fisher.filter((p) => p <= 0.05).length;
    numbers.different = {
      value: different,
      uncertainty: 'exact: a count',
      unit: '1',
      description: `comparisons of ${fisher.length} with V that Fisher and Holm call different at 5 %`,
      tolerance: 0,
    };
    const all = Object.values(parts);
    const together = (pick: (found: Found) => Readonly<Record<string, number>> | undefined) =>
      Object.assign({}, ...all.map(pick)) as Record<string, number>;
    return {
      numbers,
      tables: { variants, runs: rows },
      trials: all.reduce((sum, { trials = 1 }) => sum + trials, 0),
      pinned: together(({ pinned }) => pinned),
      minutes: together(({ minutes }) => minutes),
    };
  },
} satisfies Experiment;
