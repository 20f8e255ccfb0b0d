import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type * as tf from '@tensorflow/tfjs';
import { split } from '../../src/base/random.js';
import type { LinearParams, LstmVariant, LstmVariantParams } from '../../src/nn/index.js';
import { initLinear, initLstm, initLstmVariant, linear, lstmLast, lstmVariant, meanSquaredError } from '../../src/nn/index.js';
import { intervalOf, medianOf, race, typical } from '../race.js';
import { type RuntimeName, training } from '../step.js';
import { refuse, saveTable, shownLoad } from '../verdict.js';
import { type AnyWorkload, gaussian } from '../workloads/workload.js';
import { streaming } from './streaming.js';

// npm run bench -- recurrence [--only V,FGR] [--rounds 9] [--seconds 0.3]: what a step of Greff's variants costs beside the LSTM's, and an event of a stream.

const { values: options } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '9' }, seconds: { type: 'string', default: '0.3' } },
});

const peepholes = true;
/** By the names of Greff et al. 2017. */
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
/** Width and steps: those of W2, and what a study of the variants trains. */
const SIZES = [
  { D: 64, T: 32 },
  { D: 32, T: 100 },
];
/** A variant's step over the LSTM's, at most. */
const GOAL = 2;
const chosen = options.only?.split(',') ?? [...Object.keys(VARIANTS), 'stream'];
for (const name of chosen)
  if (!VARIANTS[name] && name !== 'stream')
    refuse(`--only ${name}: no such row; there are ${[...Object.keys(VARIANTS), 'stream'].join(', ')}`);

interface Params {
  readonly recurrent: LstmVariantParams;
  readonly out: LinearParams;
}
interface Batch {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

/** W2, or its like by a variant. */
function workloadOf({ D, T }: (typeof SIZES)[number], variant?: LstmVariant): AnyWorkload {
  const [B, F] = [64, 16];
  return {
    id: 'W2',
    title: `D ${D}, x [${B},${T},${F}]`,
    steps: 5,
    make(key) {
      const [recurrent, last, x, y] = split(key, 4);
      const size = { inputs: F, width: D };
      return {
        params: {
          recurrent: variant ? initLstmVariant(recurrent, { ...size, ...variant }) : initLstm(recurrent, size),
          out: initLinear(last, { inputs: D, outputs: 1 }),
        },
        batch: { x: gaussian(x, B, T, F), y: gaussian(y, B, 1) },
      };
    },
    loss(params, batch) {
      const { recurrent, out } = params as unknown as Params;
      const { x, y } = batch as unknown as Batch;
      return meanSquaredError(linear(out, variant ? lstmVariant(recurrent, x, variant).state.h : lstmLast(recurrent, x)), y);
    },
  };
}

const before = loadavg();
const numbers: Record<string, object> = {};
let missed = 0;
console.log(`a training step of Greff's variants over the LSTM's, one thread, at most ${GOAL}; load ${shownLoad(before)}\n`);
const names = chosen.filter((name) => VARIANTS[name]);
for (const size of names.length > 0 ? SIZES : [])
  for (const runtime of ['openvino', 'onnxruntime'] as const satisfies RuntimeName[]) {
    const { title, steps } = workloadOf(size);
    const ways = [workloadOf(size), ...names.map((name) => workloadOf(size, VARIANTS[name]))];
    const [lstm, ...measured] = await race(
      ways.map((workload) => training(workload, runtime, 1)),
      steps,
      Number(options.rounds),
      Number(options.seconds),
    );
    console.log(`${title} on ${runtime}: the LSTM's ${(typical(lstm) / 1000).toFixed(2)} ms`);
    for (const [i, variant] of measured.entries()) {
      const { median, low, high } = intervalOf(lstm, variant);
      if (low > GOAL) missed++;
      console.log(
        `  ${names[i].padEnd(6)}${median.toFixed(2).padStart(6)}   95 % ${low.toFixed(2)} … ${high.toFixed(2)}${low > GOAL ? '   MISSED' : ''}`,
      );
      numbers[`${names[i]}.${size.D}.${runtime}`] = {
        value: median,
        uncertainty: [low, high],
        unit: '1',
        description: `${names[i]}, ${title}, one thread: a training step over the LSTM's on ${runtime}, at most ${GOAL}`,
        tolerance: median / 2,
      };
    }
  }

/** Microseconds of an event in a stream, of a hundred at most. */
const SLOWEST = 100;
for (const runtime of chosen.includes('stream') ? (['openvino', 'onnxruntime'] as const) : []) {
  const rounds = await streaming(runtime, 20_000, Number(options.rounds));
  const [half, most] = [medianOf(rounds.median), medianOf(rounds.p99)];
  // What runs by default counts.
  const isMissed = runtime === 'openvino' && most.median > SLOWEST;
  if (isMissed) missed++;
  console.log(
    `an event through an LSTM of width 64 on ${runtime}, µs: median ${half.median.toFixed(1)}, 99 % within ${most.median.toFixed(1)}, 95 % ${most.low.toFixed(1)} … ${most.high.toFixed(1)}${runtime === 'openvino' ? `, at most ${SLOWEST}` : ''}${isMissed ? '   MISSED' : ''}`,
  );
  const what = `an event through an LSTM of width 64 and a linear layer, 16 features, on ${runtime}, one thread`;
  for (const [name, { median, low, high }, says] of [
    [`stream.${runtime}`, most, '99 % of 20,000 take no longer'],
    [`stream.${runtime}.median`, half, 'half of 20,000 take no longer'],
  ] as const)
    numbers[name] = {
      value: median,
      uncertainty: [low, high],
      unit: 'us',
      description: `${what}: ${says}, the median of ${options.rounds} rounds`,
      tolerance: SLOWEST,
    };
}
console.log(`\nload ${shownLoad(loadavg())}; ${missed} rows missed their goal`);
process.exitCode = missed ? 1 : 0;
// A run that leaves something out is for the eye only.
if (!options.only) saveTable('bench-recurrence', 'Recurrent layers', { load: [before, loadavg()], numbers });
