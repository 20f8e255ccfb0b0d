import * as tf from '@tensorflow/tfjs';
import { sameAs } from '../shapes.js';
import { OF_ONE, type Operator, operator, ROUNDED, SUM } from './operator.js';

interface Transposes {
  readonly a: boolean;
  readonly b: boolean;
}

const EINSUMS = [
  ['ij,jk->ik', [2, 2]],
  ['ij,kj->ki', [2, 2]],
  ['bij,bjk->bik', [3, 3]],
  ['bthd,bshd->bhts', [4, 4]],
  ['i,j->ij', [1, 1]],
  ['ij,ij->i', [2, 2]],
  ['ij,ij->', [2, 2]],
  ['bij,jk->bik', [3, 2]],
  ['ijk,k->ij', [3, 1]],
  ['i,i->', [1, 1]],
] as const;

/** Products of matrices. */
export const products: readonly Operator[] = [
  operator<Transposes>({
    name: 'matMul',
    tolerance: SUM,
    draw: (m) => {
      const a = m.pick({ dtype: m.r.chance(0.15) ? 'int32' : 'float32', rank: [2, 4] });
      const shape = m.shapeOf(a);
      const options = { a: m.r.chance(0.3), b: m.r.chance(0.3) };
      const inner = shape.at(options.a ? -2 : -1)!;
      const columns = m.r.one([1, 2, 3, 5, 8, 17]);
      const matrix = options.b ? [columns, inner] : [inner, columns];
      const batch = m.r.one([shape.slice(0, -2), shape.slice(0, -2).map((n) => (m.r.chance(0.5) ? 1 : n)), []]);
      const fits = (other: readonly number[]) =>
        other.at(options.b ? -1 : -2) === inner && (other.length === 2 || sameAs(shape.slice(0, -2))(other.slice(0, -2)));
      const dtype = m.tensors[a].dtype as 'float32' | 'int32';
      return { inputs: [a, m.pick({ dtype, rank: [2, 4], fits, shape: [...batch, ...matrix] })], options };
    },
    apply: ([x, y], { a, b }) => tf.matMul(x, y, a, b),
  }),
  operator<{ activation: 'linear' | 'relu' | 'sigmoid' | 'elu' }>({
    name: 'fusedMatMul',
    tolerance: OF_ONE,
    draw: (m) => {
      const a = m.pick({ rank: [2, 2] });
      const width = m.r.whole(1, 6);
      const inputs = [a, m.leaf([m.shapeOf(a)[1], width], 'float32'), m.leaf([width], 'float32')];
      return { inputs, options: { activation: m.r.one(['linear', 'relu', 'sigmoid', 'elu'] as const) } };
    },
    apply: ([a, b, bias], { activation }) => tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation }),
  }),
  operator({
    name: 'dot',
    tolerance: SUM,
    draw: (m) => {
      const a = m.pick({ rank: [1, 2] });
      const n = m.shapeOf(a).at(-1)!;
      return { inputs: [a, m.pick({ rank: [1, 2], shape: [n], fits: (other) => other[0] === n })], options: {} };
    },
    apply: ([a, b]) => tf.dot(a, b),
  }),
  operator({
    name: 'outerProduct',
    tolerance: ROUNDED,
    draw: (m) => ({ inputs: [m.pick({ rank: [1, 1] }), m.pick({ rank: [1, 1] })], options: {} }),
    apply: ([a, b]) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D),
  }),
  operator<{ equation: string }>({
    name: 'einsum',
    tolerance: SUM,
    draw: (m) => {
      const [equation, ranks] = m.r.one(EINSUMS);
      const [left, right] = equation.split('->')[0].split(',');
      const a = m.pick({ rank: [ranks[0], ranks[0]] });
      const sizes = new Map([...left].map((letter, i) => [letter, m.shapeOf(a)[i]]));
      for (const letter of right) if (!sizes.has(letter)) sizes.set(letter, m.r.whole(1, 4));
      const shape = [...right].map((letter) => sizes.get(letter)!);
      const fits = sameAs(shape);
      return { inputs: [a, m.pick({ rank: [ranks[1], ranks[1]], shape, fits })], options: { equation } };
    },
    apply: ([a, b], { equation }) => tf.einsum(equation, a, b),
  }),
];
