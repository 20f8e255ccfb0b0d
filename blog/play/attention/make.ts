// node --import ./scripts/typescript.mjs blog/play/attention/make.ts: trains the transformer and writes it with its maps, in a minute.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { initTransformer, type TransformerParams, transformer, transformerSequence } from '../../../src/models/index.js';
import { attentionWeights, causalAttention, causalMask, meanSquaredError } from '../../../src/nn/index.js';
import { adam, type Tensors, trainingStep } from '../../../src/optim/index.js';
import { compile, key, toTf } from '../../../src/tensor/index.js';
import { DAYS, echoes } from './windows.js';

const CONFIG = { inputs: 1, outputs: 1, width: 16, heads: 2, layers: 1, causal: true } as const;
const BATCH = 64;
const STEPS = 1500;
/** Steps whose losses are kept, so that a test can go the same way. */
export const SLICE = 20;

type Params = ReturnType<typeof initTransformer>;
const options = { inputs: CONFIG.inputs, width: CONFIG.width, heads: CONFIG.heads, causal: true };

/** Every day forecasts the next from its own past. */
const lossOf = (params: Tensors<Params>, days: tf.Tensor) => {
  const x = days.slice([0, 0, 0], [-1, DAYS, 1]);
  return meanSquaredError(transformerSequence(params as TransformerParams, x, options), days.slice([0, 1, 0], [-1, DAYS, 1]));
};

/** @param limit  steps after which to stop */
export async function trained(limit = STEPS) {
  const params = initTransformer(key(1), CONFIG);
  const optimizer = adam(params, { learningRate: 3e-3 });
  const step = compile(trainingStep(optimizer, lossOf), { donate: [0] });
  let state: Parameters<typeof step>[0] = optimizer.init(params);
  const losses: number[] = [];
  for (let k = 0; k < limit; k++) {
    const next = await step(state, { data: echoes(k, BATCH), shape: [BATCH, DAYS + 1, 1] });
    state = next.state;
    losses.push(next.loss.item());
  }
  step.release();
  return { optimizer, state, losses };
}

if (import.meta.main) {
  const { optimizer, state, losses } = await trained();
  const params = toTf(await compile(optimizer.params)(state)) as unknown as TransformerParams;
  const mask = causalMask(DAYS);
  const visible = tf.tensor(mask.data, [DAYS, DAYS], 'bool');
  const model = compile((x: tf.Tensor) => {
    const maps: tf.Tensor[] = [];
    const forecast = transformer(params, x, {
      ...options,
      attend: (q, k, v) => {
        maps.push(attentionWeights(q, k, { visible }));
        return causalAttention(q, k, v);
      },
    });
    return { attention: maps[0], forecast };
  });
  const out = await model({ data: echoes(0, 1).slice(0, DAYS), shape: [1, DAYS, 1] });
  const onnx = model.toOnnx({ inputNames: ['returns'], outputNames: ['attention', 'forecast'] });
  const test = compile(lossOf);
  const loss = (await test(params as never, { data: echoes(1_000_000, 500), shape: [500, DAYS + 1, 1] })).item();
  const kept = losses.slice(0, SLICE).map((value) => Number(value.toPrecision(7)));
  writeFileSync(join(import.meta.dirname, 'transformer.onnx'), onnx);
  writeFileSync(join(import.meta.dirname, 'transformer.json'), `${JSON.stringify({ loss, losses: kept })}\n`);
  console.log(onnx.length, loss, losses.at(-1), out.attention.shape);
}
