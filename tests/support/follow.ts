import type * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../../src/base/host-array.js';
import type { Optimizer, State } from '../../src/optim/optimizer.js';
import { interpret } from '../../src/tensor/interpret/interpret.js';
import { trace } from '../../src/tensor/trace/trace.js';
import { flatten, type Tree } from '../../src/tensor/tree.js';

/** The parameters of `follow`: one vector. */
export interface OneVector {
  readonly w: HostArray<Float32Array>;
}

/** An optimiser's state in double precision, by the names of its leaves. */
export type Followed = Readonly<Record<string, Float64Array>>;

/**
 * The states that an optimiser passes through in double precision, from the first on: its update is traced once and interpreted. Rates and
 * other constants are float32 in the graph, so that a rate of 0.1 is 6e-8 off; dyadic ones are exact.
 *
 * @param make      the optimiser, of the initial parameters
 * @param gradient  of the parameters before step t, counted from 1
 */
export function follow(
  make: (initial: OneVector) => Optimizer<OneVector, State>,
  start: ArrayLike<number>,
  gradient: (w: Float64Array, t: number, state: Followed) => ArrayLike<number>,
  steps: number,
): Followed[] {
  const initial = { w: { data: Float32Array.from(start), shape: [start.length] } };
  const optimizer = make(initial);
  const { leaves, paths, unflatten } = flatten<HostArray<Float32Array>>(optimizer.init(initial) as Tree<HostArray<Float32Array>>);
  const graph = trace(
    (...args) => {
      const next = optimizer.update(unflatten(args.slice(0, -1) as never) as never, args.at(-1)!);
      const { leaves, paths: names } = flatten<tf.Tensor>(next as unknown as Tree<tf.Tensor>);
      return paths.map((path) => leaves[names.indexOf(path)]);
    },
    [...leaves, { shape: [start.length] }].map(({ shape }) => ({ shape, dtype: 'float32' as const })),
  );
  const place = paths.indexOf('parameters');
  let state = leaves.map(({ data }, i) => Float64Array.from(i === place ? start : data));
  const named = () => Object.fromEntries(paths.map((path, i) => [path, state[i]]));
  const states = [named()];
  for (let t = 1; t <= steps; t++) {
    state = interpret(graph, [...state, Float64Array.from(gradient(state[place], t, states[t - 1]))]) as Float64Array<ArrayBuffer>[];
    states.push(named());
  }
  return states;
}
