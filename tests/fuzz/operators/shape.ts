import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../src/base/shape.js';
import type { Maker } from '../maker.js';
import { EXACT, type Operator, operator } from './operator.js';

const ANY = ['float32', 'float32', 'int32', 'bool'] as const;

/** An operator that moves the elements of one array of any type. */
const moved = <Options extends object>(
  name: string,
  rank: readonly [number, number],
  options: (m: Maker, shape: number[], x: number) => Options | undefined,
  apply: (x: tf.Tensor, options: Options) => tf.Tensor,
): Operator =>
  operator<Options>({
    name,
    tolerance: EXACT,
    draw: (m) => {
      const x = m.pick({ dtype: m.r.one(ANY), rank });
      const drawn = options(m, m.shapeOf(x), x);
      return drawn && { inputs: [x], options: drawn };
    },
    apply: ([x], o) => apply(x, o),
  });

/** Factors whose product is n. */
function factors({ r }: Maker, n: number): number[] {
  const out: number[] = [];
  for (let left = n; left > 1 && out.length < 4; ) {
    const divisors = Array.from({ length: left }, (_, i) => i + 1).filter((d) => left % d === 0 && d > 1);
    const d = r.one(divisors);
    out.push(d);
    left /= d;
  }
  if (sizeOf(out) !== n) out.push(n / sizeOf(out));
  if (r.chance(0.3)) out.splice(r.whole(0, out.length), 0, 1);
  return out;
}

const pairs = (m: Maker, shape: readonly number[], most: (n: number) => number): [number, number][] =>
  shape.map((n) => (m.r.chance(0.4) ? [0, 0] : [m.r.whole(0, most(n)), m.r.whole(0, most(n))]));

/** Several arrays of one shape, but along the axis. */
function alike(m: Maker, axis: number | undefined, rank: [number, number]): number[] {
  const dtype = m.r.one(ANY);
  const first = m.pick({ dtype, rank });
  const shape = m.shapeOf(first);
  const along = axis === undefined ? undefined : axis % Math.max(1, shape.length);
  const fits = (other: readonly number[]) => other.length === shape.length && other.every((n, i) => i === along || n === shape[i]);
  return [first, ...Array.from({ length: m.r.whole(0, 3) }, () => m.pick({ dtype, fits, shape }))];
}

/** Operators that give the same elements in another shape or order, or around them a border. */
export const shapes: readonly Operator[] = [
  moved(
    'reshape',
    [0, 5],
    (m, shape) => (sizeOf(shape) > 0 ? { shape: factors(m, sizeOf(shape)) } : undefined),
    (x, { shape }) => tf.reshape(x, shape),
  ),
  moved(
    'flatten',
    [0, 5],
    () => ({}),
    (x) => x.flatten(),
  ),
  moved(
    'expandDims',
    [0, 4],
    (m, shape) => ({ axis: m.r.whole(0, shape.length) }),
    (x, { axis }) => tf.expandDims(x, axis),
  ),
  moved(
    'squeeze',
    [1, 5],
    () => ({}),
    (x) => tf.squeeze(x),
  ),
  moved(
    'transpose',
    [1, 5],
    (m, shape) => ({ perm: m.r.shuffled(shape.map((_, i) => i)) }),
    (x, { perm }) => tf.transpose(x, perm),
  ),
  moved(
    'reverse',
    [1, 5],
    (m, _, x) => ({ axes: m.axes(x) ?? [0] }),
    (x, { axes }) => tf.reverse(x, axes),
  ),
  moved(
    'tile',
    [1, 4],
    (m, shape) => ({ reps: shape.map(() => m.r.one([1, 1, 2, 3])) }),
    (x, { reps }) => tf.tile(x, reps),
  ),
  moved(
    'broadcastTo',
    [0, 4],
    (m, shape) => ({ shape: [...(m.r.chance(0.5) ? [m.r.whole(1, 3)] : []), ...shape.map((n) => (n === 1 ? m.r.whole(1, 4) : n))] }),
    (x, { shape }) => tf.broadcastTo(x, shape),
  ),
  moved(
    'slice',
    [1, 5],
    (m, shape) => {
      const begin = shape.map((n) => m.r.whole(0, Math.max(0, n - 1)));
      return { begin, size: shape.map((n, i) => m.r.whole(0, n - begin[i] > 1 ? n - begin[i] : 1)) };
    },
    (x, { begin, size }) => tf.slice(x, begin, size),
  ),
  moved(
    'stridedSlice',
    [1, 4],
    (m, shape) => {
      const strides = shape.map(() => m.r.one([1, 1, 2, 3, -1, -2]));
      const begin = shape.map((n) => m.r.whole(-n, n - 1));
      return { begin, end: shape.map((n) => m.r.whole(-n, n)), strides, masks: Array.from({ length: 2 }, () => m.r.whole(0, 3)) };
    },
    (x, { begin, end, strides, masks }) => tf.stridedSlice(x, begin, end, strides, masks[0], masks[1]),
  ),
  moved(
    'split',
    [1, 5],
    (m, shape, x) => {
      const axis = m.axis(x);
      const n = shape.at(axis)!;
      if (n === 0) return undefined;
      const sizes = [m.r.whole(0, n)];
      sizes.push(n - sizes[0]);
      return { axis, sizes, piece: m.r.whole(0, 1) };
    },
    (x, { axis, sizes, piece }) => tf.split(x, sizes, axis)[piece],
  ),
  moved(
    'unstack',
    [1, 5],
    (m, shape, x) => {
      const axis = m.axis(x);
      return { axis, piece: m.r.whole(0, Math.max(0, shape.at(axis)! - 1)) };
    },
    (x, { axis, piece }) => tf.unstack(x, axis)[piece],
  ),
  operator({
    name: 'concat',
    tolerance: EXACT,
    draw: (m) => {
      const axis = m.r.whole(0, 3);
      const inputs = alike(m, axis, [1, 5]);
      return { inputs, options: { axis: axis % m.shapeOf(inputs[0]).length } };
    },
    apply: (xs, { axis }: { axis: number }) => tf.concat(xs, axis),
  }),
  operator({
    name: 'stack',
    tolerance: EXACT,
    draw: (m) => {
      const inputs = alike(m, undefined, [0, 4]);
      return { inputs, options: { axis: m.r.whole(0, m.shapeOf(inputs[0]).length) } };
    },
    apply: (xs, { axis }: { axis: number }) => tf.stack(xs, axis),
  }),
  moved(
    'pad',
    [1, 4],
    (m, shape) => ({ widths: pairs(m, shape, () => 2), value: m.r.one([0, 0, 1, -2]) }),
    (x, { widths, value }) => tf.pad(x, widths, x.dtype === 'bool' ? Math.abs(value) % 2 : value),
  ),
  moved(
    'mirrorPadReflect',
    [1, 4],
    (m, shape) => ({ widths: pairs(m, shape, (n) => Math.min(2, Math.max(0, n - 1))) }),
    (x, { widths }) => tf.mirrorPad(x, widths, 'reflect'),
  ),
  moved(
    'mirrorPadSymmetric',
    [1, 4],
    (m, shape) => ({ widths: pairs(m, shape, (n) => Math.min(2, n)) }),
    (x, { widths }) => tf.mirrorPad(x, widths, 'symmetric'),
  ),
  moved(
    'spaceToBatchND',
    [3, 4],
    (m, shape) => {
      const block = [m.r.whole(1, 3), m.r.whole(1, 2)].slice(0, shape.length === 3 ? 1 : 2);
      return { block, paddings: block.map((b, i) => [0, (b - (shape[i + 1] % b)) % b] as [number, number]) };
    },
    (x, { block, paddings }) => tf.spaceToBatchND(x, block, paddings),
  ),
  operator({
    name: 'batchToSpaceND',
    tolerance: EXACT,
    draw: (m) => {
      const block = [m.r.whole(1, 3), m.r.whole(1, 2)];
      const x = m.leaf([sizeOf(block) * m.r.whole(1, 2), m.r.whole(1, 3), m.r.whole(1, 4), m.r.whole(1, 3)], m.r.one(['float32', 'int32']));
      return { inputs: [x], options: { block, crops: block.map((b) => [m.r.whole(0, b - 1), 0]) } };
    },
    apply: ([x], { block, crops }: { block: number[]; crops: number[][] }) => tf.batchToSpaceND(x, block, crops),
  }),
  operator({
    name: 'depthToSpace',
    tolerance: EXACT,
    draw: (m) => {
      const block = m.r.whole(2, 3);
      const shape = [m.r.whole(1, 2), m.r.whole(1, 3), m.r.whole(1, 3), block * block * m.r.whole(1, 2)];
      return { inputs: [m.leaf(shape, 'float32')], options: { block } };
    },
    apply: ([x], { block }: { block: number }) => tf.depthToSpace(x as tf.Tensor4D, block),
  }),
  moved(
    'diag',
    [1, 2],
    () => ({}),
    (x) => tf.diag(x),
  ),
  operator({
    name: 'meshgrid',
    tolerance: EXACT,
    draw: (m) => ({
      inputs: [m.pick({ rank: [1, 1] }), m.pick({ rank: [1, 1] })],
      options: { piece: m.r.whole(0, 1), ij: m.r.chance(0.5) },
    }),
    apply: ([x, y], { piece, ij }: { piece: number; ij: boolean }) => tf.meshgrid(x, y, { indexing: ij ? 'ij' : 'xy' })[piece],
  }),
];
