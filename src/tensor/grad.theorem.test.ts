import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { matrixWork } from '../../tests/support/matrix-work.js';
import { theorem } from '../../tests/support/theorem.js';
import { fold, key, normal, uniform } from '../base/random.js';
import { valueAndGrad } from './grad.js';
import type { Graph } from './graph/graph.js';
import { interpret } from './interpret/interpret.js';
import { trace } from './trace/trace.js';

/** A step of a program: what it does to the values at these places. */
interface Step {
  readonly op: keyof typeof OPS;
  readonly args: readonly number[];
}
/** Each operation on tensors, on numbers, and its partial derivatives. */
const OPS = {
  add: { on: (x: tf.Tensor, y: tf.Tensor) => x.add(y), at: (x: number, y: number) => x + y, d: () => [1, 1] },
  sub: { on: (x: tf.Tensor, y: tf.Tensor) => x.sub(y), at: (x: number, y: number) => x - y, d: () => [1, -1] },
  mul: { on: (x: tf.Tensor, y: tf.Tensor) => x.mul(y), at: (x: number, y: number) => x * y, d: (x: number, y: number) => [y, x] },
  sin: { on: (x: tf.Tensor) => x.sin(), at: (x: number) => Math.sin(x), d: (x: number) => [Math.cos(x)] },
  tanh: { on: (x: tf.Tensor) => x.tanh(), at: (x: number) => Math.tanh(x), d: (x: number) => [1 - Math.tanh(x) ** 2] },
} as const;
const arity = (op: keyof typeof OPS) => (op === 'sin' || op === 'tanh' ? 1 : 2);

/** A program of random steps on p inputs, whose last steps add its last values up; early values are used often. */
function randomProgram(seed: number, p: number, steps: number): Step[] {
  const u = uniform(fold(key(11), seed), [4 * steps], 'float64').data;
  const names = Object.keys(OPS) as Step['op'][];
  const program = Array.from({ length: steps }, (_, k): Step => {
    const op = names[Math.floor(u[4 * k] * names.length)];
    return { op, args: Array.from({ length: arity(op) }, (_, i) => Math.floor(u[4 * k + 1 + i] * (p + k))) };
  });
  for (let k = 0; k < p; k++) program.push({ op: 'add', args: [p + program.length - 1, p + steps - 2 - k] });
  return program;
}

type Elementary = (...args: number[]) => number;
function evaluate(program: readonly Step[], x: readonly number[]): number[] {
  const values = [...x];
  for (const { op, args } of program) values.push((OPS[op].at as Elementary)(...args.map((i) => values[i])));
  return values;
}
const partials = ({ op, args }: Step, values: readonly number[]) =>
  (OPS[op].d as (...args: number[]) => readonly number[])(...args.map((i) => values[i]));

/** Forward mode: the derivative along one input, carried beside the values. */
function forwardMode(program: readonly Step[], x: readonly number[], along: number): number {
  const values = evaluate(program, x);
  const dots: number[] = x.map((_, j) => (j === along ? 1 : 0));
  for (const step of program) dots.push(partials(step, values).reduce((sum, d, i) => sum + d * dots[step.args[i]], 0));
  return dots[dots.length - 1];
}

/** A value with its gradient, of a program at a point. */
type Gradient = (program: readonly Step[], x: readonly number[]) => { readonly value: number; readonly gradient: readonly number[] };

function onTensors(program: readonly Step[], x: readonly tf.Tensor[]): tf.Tensor[] {
  const values = [...x];
  for (const { op, args } of program) values.push((OPS[op].on as (...args: tf.Tensor[]) => tf.Tensor)(...args.map((i) => values[i])));
  return values;
}
const byLibrary: Gradient = (program, x) => {
  const both = (...xs: tf.Tensor[]) => {
    const { value, grads } = valueAndGrad((xs: tf.Tensor[]) => onTensors(program, xs).at(-1)!)(xs);
    return [value, ...grads];
  };
  const graph = trace(
    both,
    x.map(() => ({ shape: [], dtype: 'float32' as const })),
  );
  const [[value], ...gradient] = interpret(
    graph,
    x.map((xi) => Float64Array.of(xi)),
  );
  return { value: Number(value), gradient: gradient.map(([g]) => Number(g)) };
};

/** Reverse accumulation by hand, with a mistake. */
const accumulating =
  (mistake: { overwrites?: boolean; forgets?: 'derivative' | 'adjoint'; order?: 'forward'; last?: number }): Gradient =>
  (program, x) => {
    const values = evaluate(program, x);
    const delta = values.map(() => 0);
    delta[delta.length - 1] = mistake.last ?? 1;
    const order = program.map((_, k) => (mistake.order ? k : program.length - 1 - k));
    for (const k of order) {
      const step = program[k];
      const [d, upstream] = [partials(step, values), delta[x.length + k]];
      step.args.forEach((place, i) => {
        const term = (mistake.forgets === 'adjoint' ? 1 : upstream) * (mistake.forgets === 'derivative' ? 1 : d[i]);
        delta[place] = mistake.overwrites ? term : delta[place] + term;
      });
    }
    return { value: values[values.length - 1], gradient: delta.slice(0, x.length) };
  };

theorem<Gradient>('thm:backprop', 'a', {
  real: byLibrary,
  check: (gradientOf) => {
    for (let seed = 0; seed < 12; seed++) {
      const p = 3 + (seed % 3);
      const program = randomProgram(seed, p, 8 + seed);
      const x = Array.from(normal(fold(key(12), seed), [p], 'float64').data);
      const { value, gradient } = gradientOf(program, x);
      expect(value).toBeCloseTo(evaluate(program, x).at(-1)!, 9);
      expectClose(
        gradient,
        x.map((_, j) => forwardMode(program, x, j)),
        9,
      );
    }
  },
  mutants: {
    'keeps the last use of a value alone': accumulating({ overwrites: true }),
    'forgets the derivative': accumulating({ forgets: 'derivative' }),
    'forgets what comes later': accumulating({ forgets: 'adjoint' }),
    'goes from the inputs on': accumulating({ order: 'forward' }),
    'starts at 2': accumulating({ last: 2 }),
  },
});

/** How many multiplications the products of p inputs take, alone and with all partial derivatives. */
type Counts = (p: number) => { readonly value: number; readonly both: number };
const scalars = (p: number) => Array.from({ length: p }, () => ({ shape: [], dtype: 'float32' as const }));
const multiplications = (graph: Graph) => graph.nodes.filter(({ op }) => op === 'Mul').length;
const product = (xs: readonly tf.Tensor[]) => xs.reduce((all, x) => all.mul(x));
const counted =
  (gradient: (xs: tf.Tensor[]) => tf.Tensor[]): Counts =>
  (p) => ({
    value: multiplications(trace((...xs) => [product(xs)], scalars(p))),
    both: multiplications(trace((...xs) => [product(xs), ...gradient(xs)], scalars(p))),
  });

theorem<Counts>('thm:backprop', 'b', {
  real: counted((xs) => valueAndGrad(product)(xs).grads as tf.Tensor[]),
  check: (countsOf) => {
    for (const p of [3, 6, 12, 40]) {
      const { value, both } = countsOf(p);
      expect(value).toBe(p - 1);
      expect(both).toBeLessThanOrEqual(3 * value);
      expect(both).toBeGreaterThan(p === 3 ? value : 2 * value); // nearly attained
    }
  },
  mutants: {
    'takes a product for each input': counted((xs) => xs.map((_, j) => product([...xs.slice(j + 1), ...xs.slice(0, j)]))),
    'has no gradient': counted(() => []),
  },
});

/** A network's loss with its gradients, for weights W_l and shifts b_l: [value, δ_W1, δ_b1, δ_W2, …]. */
type Network = (params: tf.Tensor[], x: tf.Tensor, y: tf.Tensor) => tf.Tensor[];
function activations(params: readonly tf.Tensor[], x: tf.Tensor): tf.Tensor[] {
  const h = [x];
  for (let l = 0; l < params.length; l += 2)
    h.push(
      h[h.length - 1]
        .matMul(params[l])
        .add(params[l + 1])
        .tanh(),
    );
  return h;
}
const squares = (h: tf.Tensor, y: tf.Tensor) => h.sub(y).square().sum();
const network: Network = (params, x, y) => {
  const { value, grads } = valueAndGrad((params: tf.Tensor[]) => squares(activations(params, x).at(-1)!, y))(params);
  return [value, ...(grads as tf.Tensor[])];
};

interface BackwardRules {
  readonly z: (dh: tf.Tensor, h: tf.Tensor) => tf.Tensor;
  readonly w: (h: tf.Tensor, dz: tf.Tensor, next: tf.Tensor) => tf.Tensor;
  readonly b: (dz: tf.Tensor) => tf.Tensor;
  readonly h: (dz: tf.Tensor, w: tf.Tensor) => tf.Tensor;
}
const rules: BackwardRules = {
  z: (dh, h) => dh.mul(h.square().neg().add(1)),
  w: (h, dz) => h.matMul(dz, true),
  b: (dz) => dz.sum(0),
  h: (dz, w) => dz.matMul(w, false, true),
};
/** The clause's formulas, with other rules and, if asked for, the gradient of the inputs too. */
const byRules =
  (changes: Partial<BackwardRules>, { inputs = false, twice = false } = {}): Network =>
  (params, x, y) => {
    const { z, w, b, h: back } = { ...rules, ...changes };
    const h = activations(params, x);
    const grads: tf.Tensor[] = [];
    let dh = h.at(-1)!.sub(y).mul(2);
    for (let l = h.length - 1; l >= 1; l--) {
      const dz = z(dh, h[l]);
      grads.unshift(w(h[l - 1], dz, h[l]), b(dz));
      if (l > 1 || inputs) dh = back(dz, params[2 * (l - 1)]);
    }
    const value = squares(h.at(-1)!, y);
    const kept = inputs ? [value.add(dh.sum().mul(0)), ...grads] : [value, ...grads];
    return twice
      ? [
          kept[0],
          ...byRules(changes)(
            params.map((t) => t.mul(1.0000001)),
            x,
            y,
          ).slice(1),
        ]
      : kept;
  };

theorem<Network>('thm:backprop', 'c', {
  real: network,
  check: (net) => {
    for (const [n, widths] of [
      [5, [3, 4, 2]],
      [7, [2, 6, 5, 3]],
    ] as const) {
      const shapes = widths.slice(1).flatMap((D, l) => [[widths[l], D], [D]]);
      const all = [...shapes, [n, widths[0]], [n, widths.at(-1)!]];
      const numbers = all.map((shape, i) => normal(fold(key(13), i), shape, 'float64').data.map((x) => x / 2));
      const specs = all.map((shape) => ({ shape, dtype: 'float32' as const }));
      const K = shapes.length;
      const graph = trace((...ts) => net(ts.slice(0, K), ts[K], ts[K + 1]), specs);
      const [[value], ...gradients] = interpret(graph, numbers);
      const lossGraph = trace((...ts) => [squares(activations(ts.slice(0, K), ts[K]).at(-1)!, ts[K + 1])], specs);
      const lossAt = (i: number, j: number, by: number) =>
        Number(
          interpret(
            lossGraph,
            numbers.map((a, k) => (k === i ? a.map((x, m) => (m === j ? x + by : x)) : a)),
          )[0][0],
        );
      expect(Number(value)).toBeCloseTo(lossAt(0, 0, 0), 9);
      gradients.forEach((gradient, i) => {
        const differences = Array.from(gradient, (_, j) => (lossAt(i, j, 1e-5) - lossAt(i, j, -1e-5)) / 2e-5);
        expectClose(gradient as Float64Array, differences, 6);
      });
      const forward = widths.slice(1).reduce((sum, D, l) => sum + n * widths[l] * D, 0);
      expect(matrixWork(lossGraph)).toBe(forward);
      expect(matrixWork(graph)).toBe(3 * forward - n * widths[0] * widths[1]);
    }
  },
  mutants: {
    'forgets the activation': byRules({ z: (dh) => dh }),
    'takes the activation for its derivative': byRules({ z: (dh, h) => dh.mul(h) }),
    'averages the shifts': byRules({ b: (dz) => dz.mean(0) }),
    'doubles the gradient of the weights': byRules({ w: (h, dz) => h.matMul(dz, true).mul(2) }),
    'passes the sign of the weights back': byRules({ h: (dz, w) => dz.matMul(w.sign(), false, true) }),
    'computes the gradient of the inputs too': byRules({}, { inputs: true }),
    'runs forward twice': byRules({}, { twice: true }),
  },
});
