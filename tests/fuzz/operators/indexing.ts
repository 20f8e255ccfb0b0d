import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../src/base/shape.js';
import type { Maker } from '../maker.js';
import { sameAs } from '../shapes.js';
import { EXACT, type Operator, operator, SUM } from './operator.js';

const ANY = ['float32', 'float32', 'int32', 'bool'] as const;
const nonEmpty = (shape: readonly number[]) => sizeOf(shape) > 0;

/** Index tuples [count, depth] into an array of this shape; distinct ones where asked for. */
function tuples(m: Maker, shape: readonly number[], depth: number, distinct: boolean): number {
  const wanted = m.r.whole(1, 5);
  const seen = new Map<string, number[]>();
  const all: number[][] = [];
  for (let i = 0; i < wanted; i++) {
    const tuple = shape.slice(0, depth).map((n) => m.r.whole(0, n - 1));
    if (!seen.has(`${tuple}`) || !distinct) all.push(tuple);
    seen.set(`${tuple}`, tuple);
  }
  return m.add({ shape: [all.length, depth], dtype: 'int32', data: all.flat(), constant: m.r.chance(0.3), values: 'index' });
}

/** Operators whose second operand says where. */
export const indexings: readonly Operator[] = [
  operator({
    name: 'gather',
    tolerance: EXACT,
    draw: (m) => {
      const x = m.pick({ dtype: m.r.one(ANY), rank: [1, 4], fits: nonEmpty });
      const axis = m.axis(x);
      return { inputs: [x, m.integers(m.shape(0, 2), 0, m.shapeOf(x).at(axis)! - 1)], options: { axis } };
    },
    apply: ([x, at], { axis }: { axis: number }) => tf.gather(x, at as tf.Tensor1D, axis),
  }),
  operator({
    name: 'gatherPerBatch',
    tolerance: EXACT,
    draw: (m) => {
      const x = m.pick({ rank: [2, 4], fits: nonEmpty });
      const shape = m.shapeOf(x);
      return { inputs: [x, m.integers([shape[0], m.r.whole(1, 4)], 0, shape[1] - 1)], options: {} };
    },
    apply: ([x, at]) => tf.gather(x, at as tf.Tensor2D as unknown as tf.Tensor1D, 1, 1),
  }),
  operator({
    name: 'gatherND',
    tolerance: EXACT,
    draw: (m) => {
      const x = m.pick({ dtype: m.r.one(ANY), rank: [1, 4], fits: nonEmpty });
      const shape = m.shapeOf(x);
      return { inputs: [x, tuples(m, shape, m.r.whole(1, shape.length), false)], options: {} };
    },
    apply: ([x, at]) => tf.gatherND(x, at),
  }),
  operator({
    name: 'scatterND',
    tolerance: SUM,
    draw: (m) => {
      const shape = m.shape(1, 3).map((n) => Math.max(1, n));
      const depth = m.r.whole(1, shape.length);
      const at = tuples(m, shape, depth, false);
      const rows = [m.shapeOf(at)[0], ...shape.slice(depth)];
      const updates = m.pick({ dtype: m.r.one(['float32', 'int32']), shape: rows, fits: sameAs(rows) });
      return { inputs: [at, updates], options: { shape } };
    },
    apply: ([at, updates], { shape }: { shape: number[] }) => tf.scatterND(at, updates, shape),
  }),
  operator({
    name: 'tensorScatterUpdate',
    tolerance: EXACT,
    draw: (m) => {
      const dtype = m.r.one(['float32', 'int32'] as const);
      const x = m.pick({ dtype, rank: [1, 3], fits: nonEmpty });
      const shape = m.shapeOf(x);
      const depth = m.r.whole(1, shape.length);
      const at = tuples(m, shape, depth, true);
      const rows = [m.shapeOf(at)[0], ...shape.slice(depth)];
      return { inputs: [x, at, m.pick({ dtype, shape: rows, fits: sameAs(rows) })], options: {} };
    },
    // On tfjs's CPU backend it writes into its first argument, so that is a copy.
    apply: ([x, at, updates]) => tf.tensorScatterUpdate(tf.tile(x, new Array(x.rank).fill(1)), at, updates),
  }),
  operator({
    name: 'unsortedSegmentSum',
    tolerance: SUM,
    draw: (m) => {
      const x = m.pick({ dtype: m.r.one(['float32', 'int32']), rank: [1, 3] });
      const count = m.r.whole(1, 5);
      return { inputs: [x, m.integers([m.shapeOf(x)[0]], -1, count)], options: { count } };
    },
    apply: ([x, ids], { count }: { count: number }) => {
      if (x.shape[0] !== ids.size) throw new Error('an id for each row'); // which tfjs does not ask
      return tf.unsortedSegmentSum(x, ids as tf.Tensor1D, count).cast(x.dtype); // on its CPU backend sums of integers are floats
    },
  }),
  operator({
    name: 'bincount',
    tolerance: SUM,
    draw: (m) => {
      const n = m.r.whole(1, 12);
      return { inputs: [m.integers([n], 0, 6), m.leaf([m.r.chance(0.3) ? 0 : n], 'float32')], options: { size: m.r.whole(1, 6) } };
    },
    apply: ([x, weights], { size }: { size: number }) => tf.bincount(x as tf.Tensor1D, weights as tf.Tensor1D, size),
  }),
  operator({
    name: 'denseBincount',
    tolerance: SUM,
    draw: (m) => {
      const shape = [m.r.whole(1, 3), m.r.whole(1, 6)];
      return { inputs: [m.integers(shape, 0, 6), m.leaf(shape, 'float32')], options: { size: m.r.whole(1, 6), binary: m.r.chance(0.4) } };
    },
    apply: ([x, weights], { size, binary }: { size: number; binary: boolean }) =>
      tf.denseBincount(x as tf.Tensor2D, weights as tf.Tensor2D, size, binary),
  }),
  operator({
    name: 'oneHot',
    tolerance: EXACT,
    draw: (m) => {
      const depth = m.r.whole(1, 6);
      return { inputs: [m.integers(m.shape(0, 3), -1, depth)], options: { depth, on: m.r.one([1, 1, 5]), off: m.r.one([0, 0, -1]) } };
    },
    apply: ([at], { depth, on, off }: Record<'depth' | 'on' | 'off', number>) => tf.oneHot(at, depth, on, off, 'float32'),
  }),
  operator({
    name: 'confusionMatrix',
    tolerance: EXACT,
    draw: (m) => {
      const [n, classes] = [m.r.whole(1, 8), m.r.whole(1, 5)];
      return { inputs: [m.integers([n], 0, classes - 1), m.integers([n], 0, classes - 1)], options: { classes } };
    },
    apply: ([a, b], { classes }: { classes: number }) => tf.math.confusionMatrix(a as tf.Tensor1D, b as tf.Tensor1D, classes),
  }),
];
