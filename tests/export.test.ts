import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as library from '../src/models/index.js';
import {
  type BayesNetParams,
  cnn,
  type DLinearParams,
  decomposeVariance,
  dLinear,
  drawWeights,
  dropoutNet,
  dropoutNetMasks,
  type GatParams,
  type GcnParams,
  type GptParams,
  gat,
  gcn,
  gpt,
  initBayesNet,
  initCnn,
  initDLinear,
  initGat,
  initGcn,
  initGpt,
  initLstmAttention,
  initMarketText,
  initMarketTransformer,
  initMlp,
  initNLinear,
  initPatchTst,
  initTcn,
  initTransformer,
  type LstmAttentionParams,
  lstmAttention,
  type MarketTextParams,
  type MarketTransformerParams,
  type MlpParams,
  marketEmbedding,
  marketTransformer,
  mlp,
  nLinear,
  type PatchTstParams,
  patchTst,
  perDraw,
  seriesCritic,
  seriesGenerator,
  type TcnParams,
  type TransformerParams,
  tcn,
  transformer,
} from '../src/models/index.js';
import {
  causalMask,
  initLinear,
  initLstm,
  initMultiHead,
  layerNorm,
  linear,
  lstmLast,
  meanSquaredError,
  multiHeadAttention,
  normaliseAdjacency,
} from '../src/nn/index.js';
import { type ActorCriticParams, actorCritic, duelingNetwork, initActorCritic, initDuelingNetwork } from '../src/rl/index.js';
import { compile, type HostArray, key, map, normal, valueAndGrad } from '../src/tensor/index.js';
import { noChromium, openChromium } from './support/chromium.js';
import { localServer } from './support/local-server.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PYTHON = join(ROOT, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const WEB = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));

interface Case {
  readonly name: string;
  readonly onnx: Uint8Array;
  readonly inputs: Readonly<Record<string, { dtype: string; shape: readonly number[]; data: number[] }>>;
  /** What the compiled function gave. */
  readonly outputs: Readonly<Record<string, number[]>>;
}
const cases = new Map<string, Case>();

/** A model with small weights, and the features of one sample: [T, F], or an image's [rows, columns, F]. */
interface Model<P = unknown> {
  readonly params: P;
  readonly sample: readonly number[];
  /** x is one sample, and its leading axis no batch: the nodes of a graph. */
  readonly whole?: boolean;
  readonly forward: (params: never, x: never) => tf.Tensor;
}
const TRANSFORMER = { inputs: 3, outputs: 2, width: 4, heads: 2, layers: 2 };
const GPT = { vocabulary: 3, length: 6, width: 8, heads: 2, layers: 1, prefix: { features: 5 } };
const MARKET_TEXT = {
  days: 4,
  patch: 1,
  width: 8,
  heads: 2,
  layers: 1,
  embedding: 3,
  gpt: { vocabulary: 2, length: 2, width: 4, heads: 2, layers: 1 },
};
const GPT_TOLD = { ...MARKET_TEXT.gpt, prefix: { features: 3 } };
const PATCHTST = { lookback: 8, horizons: 3, patch: 4, stride: 2, width: 4, heads: 2, layers: 1 };
const MARKET = { assets: 3, inputs: 2, lookback: 8, outputs: 2, patch: 4, stride: 2, width: 4, heads: 2, layers: 2, gate: [1] };
const models: Readonly<Record<string, Model>> = {
  mlp: { params: initMlp(key(20), [6, 5, 3]), sample: [6], forward: mlp },
  'dueling network': { params: initDuelingNetwork(key(40), [4, 6, 3]), sample: [4], forward: duelingNetwork },
  'actor critic': { params: initActorCritic(key(47), [4, 6, 2]), sample: [4], forward: bothHeads },
  'bayes net': { params: initBayesNet(key(41), [3, 5, 1], 0.3), sample: [3], forward: drawnBayesNet },
  'mc dropout': { params: initMlp(key(42), [3, 6, 1]), sample: [3], forward: meanOverMasks },
  'series generator': {
    params: initTcn(key(43), { inputs: 2, width: 4, kernel: 2, dilations: [1, 2], outputs: 1 }),
    sample: [12, 2],
    forward: (params: TcnParams, noise: tf.Tensor) => seriesGenerator(params, noise, { dilations: [1, 2] }),
  },
  'series critic': { params: initMlp(key(44), [8, 5, 1]), sample: [4, 2], forward: seriesCritic },
  'lstm attention': {
    params: initLstmAttention(key(51), { inputs: 3, width: 4, horizons: 2 }),
    sample: [7, 3],
    forward: (params: LstmAttentionParams, x: tf.Tensor) => lstmAttention(params, x),
  },
  'lstm of many steps, a loop': {
    params: initLstm(key(55), { inputs: 3, width: 4 }),
    sample: [75, 3],
    forward: (params: Parameters<typeof lstmLast>[0], x: tf.Tensor) => lstmLast(params, x),
  },
  tcn: {
    params: initTcn(key(52), { inputs: 3, width: 4, kernel: 2, dilations: [1, 2], outputs: 2 }),
    sample: [8, 3],
    forward: (params: TcnParams, x: tf.Tensor) => tcn(params, x, { inputs: 3, dilations: [1, 2] }),
  },
  nlinear: { params: initNLinear(key(53), { lookback: 8, horizons: 3 }), sample: [8, 2], forward: nLinear },
  dlinear: {
    params: initDLinear(key(54), { lookback: 8, horizons: 3 }),
    sample: [8, 2],
    forward: (params: DLinearParams, x: tf.Tensor) => dLinear(params, x, { kernel: 3 }),
  },
  transformer: {
    params: initTransformer(key(61), TRANSFORMER),
    sample: [6, 3],
    forward: (params: TransformerParams, x: tf.Tensor) => transformer(params, x, TRANSFORMER),
  },
  'causal transformer': {
    params: initTransformer(key(62), TRANSFORMER),
    sample: [6, 3],
    forward: (params: TransformerParams, x: tf.Tensor) => transformer(params, x, { ...TRANSFORMER, causal: true }),
  },
  patchtst: {
    params: initPatchTst(key(63), PATCHTST),
    sample: [8, 2],
    forward: (params: PatchTstParams, x: tf.Tensor) => patchTst(params, x, PATCHTST),
  },
  'market transformer': {
    params: initMarketTransformer(key(67), MARKET),
    sample: [8, 3, 2],
    forward: (params: MarketTransformerParams, x: tf.Tensor) => marketTransformer(params, x, MARKET),
  },
  gpt: {
    params: initGpt(key(66), GPT),
    sample: [5],
    // Two tokens, by the sign of x, behind what is told of them.
    forward: (params: GptParams, x: tf.Tensor) => gpt(params, x.greater(0).toInt(), { ...GPT, told: x }),
  },
  marketText: {
    params: initMarketText(key(67), MARKET_TEXT),
    sample: [4],
    // The next of two tokens, by the sign of the first days, behind the embedding of all.
    forward: (params: MarketTextParams, x: tf.Tensor) =>
      gpt(params.gpt, x.slice([0, 0], [-1, 2]).greater(0).toInt(), { ...GPT_TOLD, told: marketEmbedding(params, x, MARKET_TEXT) }),
  },
  gcn: { params: initGcn(key(64), [3, 4, 2]), sample: [4, 3], whole: true, forward: onPath },
  gat: { params: initGat(key(65), { inputs: 3, width: 4, heads: 2, outputs: 2 }), sample: [4, 3], forward: lookingBack },
  cnn: { params: initCnn(key(21), { side: 8, channels: [1, 4, 6], size: 3, widths: [5, 3] }), sample: [8, 8, 1], forward: cnn },
};
/** What to do and what the state is worth, side by side. */
function bothHeads(params: ActorCriticParams, x: tf.Tensor): tf.Tensor {
  const { policy, value } = actorCritic(params, x);
  return tf.concat([policy, value.expandDims(1)], 1);
}
/** One network out of the Bayesian one. */
function drawnBayesNet(q: BayesNetParams, x: tf.Tensor): tf.Tensor {
  return mlp(drawWeights(q, { noise: tf.tensor(normal(key(45), [26]).data) }), x);
}
/** The mean over eight dropout masks. */
function meanOverMasks(params: MlpParams, x: tf.Tensor): tf.Tensor {
  const masks = dropoutNetMasks(key(46), 0.5, [3, 6, 1], [8, 1]).map(({ data, shape }) => tf.tensor(data, shape));
  const draws = dropoutNet(params, perDraw(x, { draws: 8 }), { masks });
  return decomposeVariance(draws, tf.zerosLike(draws)).mean;
}
/** Over the path of four nodes. */
function onPath(params: GcnParams, x: tf.Tensor): tf.Tensor {
  const { data, shape } = normaliseAdjacency(4, [
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  return gcn(params, x, { graph: tf.tensor(data, shape) });
}
/** Each node sees the ones before it. */
function lookingBack(params: GatParams, x: tf.Tensor): tf.Tensor {
  const { data, shape } = causalMask(4);
  return gat(params, x, { graph: tf.tensor(data, shape, 'bool') });
}
const names = ['network', 'training step', 'integers', ...Object.keys(models)];

beforeAll(async () => {
  await tf.setBackend('cpu');
  for (const made of [await network(), await trainingStep(), await integers()]) cases.set(made.name, made);
  for (const [name, model] of Object.entries(models)) cases.set(name, await exported(name, model));
}, 60_000);

/** A model of the table, compiled at a batch of 2 with the batch left open, and used at 5. */
async function exported(name: string, { params, sample, whole, forward }: Model): Promise<Case> {
  const batch = (size: number) => (whole ? sample : [size, ...sample]);
  const weights = map(params, ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, [...shape]));
  const compiled = compile((x: tf.Tensor) => ({ y: forward(weights as never, x as never) }));
  await compiled(normal(key(30), batch(2)));
  const onnx = compiled.toOnnx(whole ? {} : { dynamicBatch: ['x'] });
  const x = normal(key(31), batch(5));
  const { y } = await compiled(x);
  return { name, onnx, inputs: { x: plain(x, 'float32') }, outputs: { y: [...y.data()] } };
}

/** Attention, layer normalisation and an LSTM, the batch left open: what is deployed. */
async function network(): Promise<Case> {
  const x = normal(key(1), [2, 6, 8]);
  const asTensors = <P>(params: P) => map(params, ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, [...shape]));
  const attention = asTensors(initMultiHead(key(2), { width: 8 }));
  const recurrent = asTensors(initLstm(key(3), { inputs: 8, width: 5 }));
  const head = asTensors(initLinear(key(4), { inputs: 5, outputs: 3 }));
  const forward = (x: tf.Tensor3D) => {
    const h = x.add(multiHeadAttention(attention, layerNorm({ gamma: tf.ones([8]), beta: tf.zeros([8]) }, x), { heads: 2 }));
    return { probabilities: tf.softmax(linear(head, lstmLast(recurrent, h))) };
  };
  const compiled = compile(forward);
  await compiled(x);
  const onnx = compiled.toOnnx({ dynamicBatch: ['x'] }); // made at batch 2, used at batch 5
  const more = normal(key(8), [5, 6, 8]);
  const { probabilities } = await compiled(more);
  return { name: 'network', onnx, inputs: { x: plain(more, 'float32') }, outputs: { probabilities: [...probabilities.data()] } };
}

/** A gradient step: training can go on where ONNX runs. */
async function trainingStep(): Promise<Case> {
  const [w, x, y] = [normal(key(5), [4, 1]), normal(key(6), [16, 4]), normal(key(7), [16, 1])];
  const compiled = compile((w: tf.Tensor2D, x: tf.Tensor2D, y: tf.Tensor2D) => {
    const { value, grads } = valueAndGrad((w: tf.Tensor2D) => meanSquaredError(x.matMul(w), y))(w);
    return { w: w.sub(grads.mul(0.1)), loss: value };
  });
  const next = await compiled(w, x, y);
  const inputs = { w: plain(w, 'float32'), x: plain(x, 'float32'), y: plain(y, 'float32') };
  return { name: 'training step', onnx: compiled.toOnnx(), inputs, outputs: { 'next.w': [...next.w.data()], loss: [next.loss.item()] } };
}

/** Integers and truth values at the edges. */
async function integers(): Promise<Case> {
  const compiled = compile((i: tf.Tensor, keep: tf.Tensor) => ({
    i: tf.where(keep as tf.Tensor1D, i.mul(tf.scalar(2, 'int32')), i),
    any: keep.any(),
  }));
  const [i, keep] = [Int32Array.of(16777217, -3, 5), Uint8Array.of(1, 0, 1)];
  const result = await compiled(i, { data: keep, shape: [3], dtype: 'bool' });
  expect([...result.i.data()]).toEqual([33554434, -3, 10]);
  const inputs = { i: plain({ data: i, shape: [3] }, 'int32'), keep: plain({ data: keep, shape: [3] }, 'bool') };
  return { name: 'integers', onnx: compiled.toOnnx(), inputs, outputs: { 'next.i': [...result.i.data()], any: [...result.any.data()] } };
}

const plain = ({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }, dtype: string) => ({
  dtype,
  shape,
  data: Array.from(data),
});

const CHECK = `
import json, sys, numpy, onnx, onnxruntime
case = json.load(open(sys.argv[1] + '/case.json'))
onnx.checker.check_model(onnx.load(sys.argv[1] + '/model.onnx'), full_check=True)
feeds = {name: numpy.array(t['data'], t['dtype']).reshape(t['shape']) for name, t in case['inputs'].items()}
session = onnxruntime.InferenceSession(sys.argv[1] + '/model.onnx', providers=['CPUExecutionProvider'])
names = [output.name for output in session.get_outputs()]
print(json.dumps({name: numpy.ravel(value).tolist() for name, value in zip(names, session.run(None, feeds))}))
`;

it('covers every model', () => {
  const rows = readFileSync(import.meta.filename, 'utf8');
  const inits = Object.keys(library).filter((name) => name.startsWith('init') && name !== 'initMeanField'); // initBayesNet calls that
  expect(inits.filter((name) => !rows.includes(`params: ${name}(`))).toEqual([]);
});

describe.skipIf(!existsSync(PYTHON) && !process.env.CI)('an exported file in Python (.venv, made by npm start)', () => {
  it.each(names)('passes the official checker and gives equal outputs: %s', (name) => {
    const { onnx, ...rest } = cases.get(name)!;
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-export-'));
    try {
      writeFileSync(join(folder, 'model.onnx'), onnx);
      writeFileSync(join(folder, 'case.json'), JSON.stringify(rest));
      const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', CHECK, folder], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expectEqual(JSON.parse(stdout), rest.outputs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** What the page below offers. */
interface Evaluator {
  evaluate(file: string, inputs: Case['inputs']): Promise<Record<string, number[]>>;
}

const PAGE = `<!doctype html><script type="module">
import * as ort from '/ort.wasm.min.mjs';
ort.env.wasm.wasmPaths = '/';
ort.env.wasm.numThreads = 1;
const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
globalThis.evaluate = async (file, inputs) => {
  const session = await ort.InferenceSession.create(file);
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, t]) => [name, new ort.Tensor(t.dtype, ARRAYS[t.dtype].from(t.data), t.shape)]));
  return Object.fromEntries(Object.entries(await session.run(feeds)).map(([name, t]) => [name, Array.from(t.data, Number)]));
};
globalThis.ready = true;
</script>`;

describe.skipIf(noChromium)('an exported file in a browser (apt install chromium)', () => {
  it('gives equal outputs with onnxruntime-web', { timeout: 60_000 }, async () => {
    const { url } = await localServer((path, response) => {
      const index = /^\/case(\d+)\.onnx$/.exec(path)?.[1];
      if (path === '/') response.setHeader('content-type', 'text/html').end(PAGE);
      else if (index) response.end(cases.get(names[Number(index)])!.onnx);
      else if (/^\/ort[\w.-]+\.(mjs|wasm)$/.test(path)) {
        response
          .setHeader('content-type', path.endsWith('wasm') ? 'application/wasm' : 'text/javascript')
          .end(readFileSync(join(WEB, path)));
      } else response.writeHead(404).end();
    });
    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(url);
      await page.waitForFunction('globalThis.ready');
      for (const [i, name] of names.entries()) {
        const { inputs, outputs } = cases.get(name)!;
        const got = await page.evaluate(([file, inputs]) => (globalThis as unknown as Evaluator).evaluate(file, inputs), [
          `/case${i}.onnx`,
          inputs,
        ] as const);
        expectEqual(got, outputs);
      }
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

function expectEqual(got: Record<string, number[]>, expected: Record<string, number[]>): void {
  expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected))
    for (const [i, value] of values.entries()) expect(Math.abs(Number(got[name][i]) - value)).toBeLessThan(1e-5);
}
