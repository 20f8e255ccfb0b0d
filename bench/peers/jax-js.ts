import { init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { sinusoidalPositions } from '../../src/nn/index.js';
import { map } from '../../src/tensor/tree.js';
import { problem } from '../step.js';
import type { AnyWorkload, Numbers } from '../workloads/workload.js';
import { type Made, serve } from './serve.js';

// jax-js's side of the benchmark, jitted on its wasm device. An array is consumed by its use: `.ref` where it is used again.

type A = np.Array;
// biome-ignore lint/suspicious/noExplicitAny: the trees of parameters differ from one workload to the next
type Trees = any;

const array = ({ data, shape }: Numbers): A => np.array(Float32Array.from(data)).reshape(shape.length ? [...shape] : [1]);
const arrays = (given: unknown): Trees => map(given as never, (leaf: Numbers) => array(leaf));

const linear = ({ w, b }: Trees, x: A): A => np.matmul(x, w).add(b);

const mlp = ({ layers }: Trees, x: A): A =>
  layers.reduce((h: A, layer: Trees, i: number) => linear(layer, i === 0 ? h : (nn.relu(h) as A)), x);

/** Unrolled: it has no scan. */
function lstm({ lstm: { wx, wh, b }, out }: Trees, x: A): A {
  const [B, T, F] = x.shape;
  const D = wh.shape[0];
  const inputs = np
    .matmul(np.transpose(x, [1, 0, 2]).reshape([T * B, F]), wx)
    .add(b)
    .reshape([T, B, 4 * D]);
  let [h, c] = [np.zeros([B, D]), np.zeros([B, D])];
  for (let t = 0; t < T; t++) {
    const z = inputs.ref.slice(t).add(np.matmul(h, wh.ref));
    const [i, f, o, g] = np.split(z, 4, 1);
    c = nn
      .sigmoid(f)
      .mul(c)
      .add(nn.sigmoid(i).mul(np.tanh(g)));
    h = nn.sigmoid(o).mul(np.tanh(c.ref));
  }
  for (const spent of [inputs, wh, c]) spent.dispose();
  return linear(out, h);
}

function norm({ gamma, beta }: Trees, x: A): A {
  const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
  return centred
    .mul(np.reciprocal(np.sqrt(variance.add(1e-5))))
    .mul(gamma)
    .add(beta);
}

const transformer =
  (heads: number) =>
  ({ embed, blocks, out }: Trees, x: A): A => {
    const [B, T] = x.shape;
    const D = embed.w.shape[1];
    let h = linear(embed, x).add(array(sinusoidalPositions(T, D)));
    for (const { norm1, attention, norm2, expand, contract } of blocks) {
      const shift = np.concatenate([attention.shiftQ, np.zeros([D]), attention.shiftV]);
      const qkv = np.matmul(norm(norm1, h.ref), attention.qkv).add(shift);
      const parts = np.transpose(qkv.reshape([B, T, 3, heads, D / heads]), [2, 0, 3, 1, 4]);
      const [q, k, v] = [parts.ref.slice(0), parts.ref.slice(1), parts.slice(2)];
      const scores = np.matmul(q, np.transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(D / heads));
      const mixed = np.matmul(nn.softmax(scores, -1), v);
      h = h.add(linear(attention.out, np.transpose(mixed, [0, 2, 1, 3]).reshape([B, T, D])));
      const hidden = nn.gelu(linear(expand, norm(norm2, h.ref)), { approximate: false }) as A;
      h = h.add(linear(contract, hidden));
    }
    return linear(out, np.mean(h, 1));
  };

const models: Record<string, (params: Trees, x: A) => A> = { W1: mlp, W2: lstm, W3: transformer(4), W6: transformer(8) };

function lossOf(id: string): (params: Trees, batch: Trees) => A {
  if (id === 'W4')
    return ({ first, second }, { A, x, y }) => {
      const h = nn.relu(np.matmul(np.matmul(A.ref, x), first.w).add(first.b)) as A; // A where the features are fewer, as in ours
      const logits = np.matmul(A, np.matmul(h, second.w)).add(second.b);
      return np.sum(nn.logSoftmax(logits, -1).mul(y)).mul(-1 / 500);
    };
  if (id === 'W5')
    return (params, { state, action, reward, next, notDone, target }) => {
      const value = reward.add(notDone.mul(np.max(mlp(target, next), 1)).mul(0.99));
      const size = np.absolute(np.sum(mlp(params, state).mul(action), 1).sub(value));
      const clipped = np.minimum(size.ref, 1);
      return np.mean(np.square(clipped.ref).mul(0.5).add(size.sub(clipped)));
    };
  return (params, { x, y }) => np.mean(np.square(models[id](params, x).sub(y)));
}

/** Labels as rows of zeros and a one: it has no fast gather. */
const oneHot = ({ data }: Numbers, C: number): Numbers => {
  const rows = new Float32Array(data.length * C);
  data.forEach((label, n) => {
    rows[n * C + label] = 1;
  });
  return { data: rows, shape: [data.length, C] };
};

function batchOf(id: string, batch: Record<string, Numbers>): Record<string, Numbers> {
  if (id === 'W4') return { ...batch, y: oneHot(batch.y, 8) };
  if (id !== 'W5') return batch;
  const { done, ...rest } = batch;
  return { ...rest, action: oneHot(batch.action, 2), notDone: { ...done, data: (done.data as Float32Array).map((d) => 1 - d) } };
}

function trainer(workload: AnyWorkload): Made {
  const { params, batch } = problem(workload);
  const data = arrays(batchOf(workload.id, batch));
  const loss = lossOf(workload.id);
  const p0 = arrays(params);
  const zeros = () => tree.map((x: A) => np.zeros(x.shape), p0);
  const update = jit((p: Trees, m: Trees, v: Trees, t: A, data: Trees) => {
    const [value, g] = valueAndGrad(loss)(tree.ref(p), data) as [A, Trees];
    const [weights, structure] = tree.flatten<A>(p);
    const [means, squares, gradients] = [m, v, g].map((x) => tree.leaves<A>(x));
    const next = t.add(1);
    const c1 = np.subtract(1, np.exp(next.ref.mul(Math.log(0.9))));
    const c2 = np.subtract(1, np.exp(next.ref.mul(Math.log(0.999))));
    const P: A[] = [];
    const M: A[] = [];
    const V: A[] = [];
    weights.forEach((w, i) => {
      M[i] = means[i].mul(0.9).add(gradients[i].ref.mul(0.1));
      V[i] = squares[i].mul(0.999).add(np.square(gradients[i]).mul(0.001));
      const root = np.sqrt(V[i].ref.div(c2.ref)).add(1e-8);
      P[i] = w.sub(M[i].ref.div(c1.ref).div(root).mul(1e-3));
    });
    for (const spent of [c1, c2]) spent.dispose();
    return [tree.unflatten(structure, P), tree.unflatten(structure, M), tree.unflatten(structure, V), next, value] as Trees;
  }) as unknown as (...args: Trees[]) => Trees[];
  let state: Trees[] = [p0, zeros(), zeros(), np.array([0])];
  const step = async () => {
    const result = update(...state, tree.ref(data));
    state = result.slice(0, 4);
    return Number((result[4] as A).js()); // reading the loss waits for the step
  };
  return { step, loss: step };
}

function predictor(workload: AnyWorkload): Made {
  const { params, batch } = problem(workload);
  const weights = arrays(params);
  const { data, shape } = batch.x;
  const row = shape.slice(1).reduce((n, d) => n * d, 1);
  const x = array({ data: data.slice(0, row) as Float32Array, shape: [1, ...shape.slice(1)] });
  const run = jit(models[workload.id]) as unknown as (params: Trees, x: A) => A;
  const sum = async () => Number(np.sum(run(tree.ref(weights), x.ref)).js());
  return { step: sum, loss: sum };
}

await init('wasm');
await serve('0.1.25', async (workload, predict) => (predict ? predictor(workload) : trainer(workload)));
