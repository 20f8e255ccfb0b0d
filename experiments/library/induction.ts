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
import { share } from '../share.js';

/*
 * The induction-head task (Olsson et al. 2022): … A B … A → B. A sequence is a random order of symbols, each of which occurs twice; where
 * one occurs again, the answer is the symbol that followed it the first time. The model must look back for A and copy what stood behind
 * it, which one layer of attention cannot do.
 */
const [SYMBOLS, B] = [24, 32];
const T = 2 * SYMBOLS;
const SEED = 4;
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

/** The share of right answers on sequences that training did not see, and the loss that it ended with. */
async function trainedBy(seed: number, steps: number, onStep: (done: number, note: string) => void) {
  const [forWeights, forTraining, forTest] = split(fold(key(SEED), seed), 3);
  const params = initTransformer(forWeights, config);
  const optimizer = adam(params, { learningRate: 2e-3, beta2: 0.98 });
  type State = Parameters<typeof optimizer.update>[0];
  const lossOf = (params: TransformerParams, batch: Batch<tf.Tensor>) => crossEntropy(answersOf(params, batch), batch.answers);
  const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
  const rightOnes = compile((state: State, batch: Batch<tf.Tensor>) =>
    answersOf(optimizer.params(state), batch).argMax(-1).equal(batch.answers).mean(),
  );
  const trained = training(optimizer.init(params) as never);
  await fit(trained, { step, batch: (k) => draw(fold(forTraining, k), B), steps, onStep });
  return { accuracy: (await rightOnes(trained.state, draw(forTest, UNSEEN))).item(), loss: trained.losses.at(-1)! };
}

export default {
  name: 'library/induction',
  about: 'A two-layer causal transformer solves the induction-head task.',
  seed: SEED,
  parts: ['0', '1', '2'],
  sanity: { accuracy: { atLeast: 0.99 } },
  async run({ part, quick, onStep }) {
    const steps = quick ? 20 : STEPS;
    const { accuracy, loss } = await trainedBy(Number(part), steps, (done, note) => onStep(done, steps, note));
    return { numbers: { accuracy: share(accuracy, UNSEEN, `share of right answers on ${UNSEEN} unseen sequences`) }, pinned: { loss } };
  },
  collect(seeds) {
    const [worst] = Object.values(seeds).sort((a, b) => a.numbers.accuracy.value - b.numbers.accuracy.value);
    const { description } = worst.numbers.accuracy;
    const numbers = {
      accuracy: { ...worst.numbers.accuracy, description: `${description}, the least of ${Object.keys(seeds).length} seeds` },
    };
    return { numbers, pinned: Object.fromEntries(Object.entries(seeds).map(([seed, { pinned }]) => [`loss ${seed}`, pinned!.loss])) };
  },
} satisfies Experiment;
