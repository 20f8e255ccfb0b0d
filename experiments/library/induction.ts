import * as tf from '@tensorflow/tfjs';
import { fold, type Key, key, permutation, split } from '../../src/base/random.js';
import {
  initTransformer,
  type TransformerConfig,
  type TransformerParams,
  transformerSequence,
} from '../../src/models/forecast/transformer.js';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.js';
import { adam } from '../../src/optim/adam.js';
import { trainingStep } from '../../src/optim/training-step.js';
import { compile } from '../../src/tensor/compile.js';
import { fit } from '../../src/train/fit.js';
import { run as training } from '../../src/train/run.js';
import type { Experiment } from '../experiment.js';

/*
 * The induction-head task (Olsson et al. 2022): … A B … A → B. A sequence is a random order of symbols, each of which occurs twice; where
 * one occurs again, the answer is the symbol that followed it the first time. The model must look back for A and copy what stood behind
 * it, which one layer of attention cannot do.
 */
const [SYMBOLS, B] = [24, 32];
const T = 2 * SYMBOLS;
const SEED = 4;
const SEEDS = 3;
const STEPS = 1500;
const UNSEEN = 1000;
const config: TransformerConfig = { inputs: SYMBOLS, outputs: SYMBOLS, width: 64, heads: 4, layers: 2, hidden: 128, causal: true };

interface Batch<A> {
  /** [B, T] */
  readonly symbols: A;
  /** [B × SYMBOLS], the steps of all sequences, laid end to end, at which a symbol occurs again. */
  readonly places: A;
  /** [B × SYMBOLS], what followed it the first time. */
  readonly answers: A;
}

function draw(k: Key, count: number): Batch<{ data: Int32Array; shape: number[] }> {
  const symbols = new Int32Array(count * T);
  const places: number[] = [];
  const answers: number[] = [];
  for (let b = 0; b < count; b++) {
    const sequence = permutation(fold(k, b), T).data.map((i) => i % SYMBOLS);
    symbols.set(sequence, b * T);
    sequence.forEach((symbol, t) => {
      const first = sequence.indexOf(symbol);
      if (first === t) return;
      places.push(b * T + t);
      answers.push(sequence[first + 1]);
    });
  }
  const array = (data: ArrayLike<number>, ...shape: number[]) => ({ data: Int32Array.from(data), shape });
  return { symbols: array(symbols, count, T), places: array(places, places.length), answers: array(answers, answers.length) };
}

/** The logits [B × SYMBOLS, SYMBOLS] at these steps. */
function answersOf(params: TransformerParams, { symbols, places }: Batch<tf.Tensor>): tf.Tensor2D {
  const x = tf.oneHot(symbols as tf.Tensor2D, SYMBOLS).cast('float32');
  return transformerSequence(params, x, config)
    .reshape([-1, SYMBOLS])
    .gather(places as tf.Tensor1D) as tf.Tensor2D;
}

/** The share of right answers on sequences that training did not see. */
async function accuracyOf(seed: number, steps: number, onStep: (done: number, note: string) => void): Promise<number> {
  const [forWeights, forTraining, forTest] = split(fold(key(SEED), seed), 3);
  const params = initTransformer(forWeights, config);
  const optimizer = adam(params, { learningRate: 2e-3, beta2: 0.98 });
  type State = Parameters<typeof optimizer.update>[0];
  const lossOf = (params: TransformerParams, batch: Batch<tf.Tensor>) => crossEntropy(answersOf(params, batch), batch.answers);
  const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
  const share = compile((state: State, batch: Batch<tf.Tensor>) =>
    answersOf(optimizer.params(state), batch).argMax(-1).equal(batch.answers).mean(),
  );
  const trained = training(optimizer.init(params) as never);
  await fit(trained, { step, batch: (k) => draw(fold(forTraining, k), B), steps, onStep });
  return (await share(trained.state, draw(forTest, UNSEEN))).item();
}

export default {
  name: 'library/induction',
  about: 'A two-layer causal transformer solves the induction-head task.',
  seed: SEED,
  async run({ quick, onStep }) {
    const [seeds, steps] = quick ? [1, 20] : [SEEDS, STEPS];
    const accuracies: number[] = [];
    for (let seed = 0; seed < seeds; seed++)
      accuracies.push(await accuracyOf(seed, steps, (done, note) => onStep(seed * steps + done, seeds * steps, note)));
    return {
      accuracy: {
        value: Math.min(...accuracies),
        unit: '1',
        about: `share of right answers on ${UNSEEN} unseen sequences, the least of ${seeds} seeds`,
        atLeast: 0.99,
      },
    };
  },
} satisfies Experiment;
