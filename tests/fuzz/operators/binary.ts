import * as tf from '@tensorflow/tfjs';
import { sameAs } from '../shapes.js';
import { binary, EXACT, FUNCTION, type Operator, operator, ROUNDED } from './operator.js';

const NUMBERS = { dtypes: ['float32', 'float32', 'float32', 'int32'] } as const;
const BOTH = { dtypes: ['float32', 'int32'] } as const;
const ALL = { dtypes: ['float32', 'float32', 'int32', 'bool'] } as const;
const TRUTH = { dtypes: ['bool'] } as const;

/** Element-wise operators of two or more arrays. */
export const binaries: readonly Operator[] = [
  binary('add', ROUNDED, tf.add, NUMBERS),
  binary('sub', ROUNDED, tf.sub, NUMBERS),
  binary('mul', ROUNDED, tf.mul, NUMBERS),
  binary('div', { ulps: 2 }, tf.div, NUMBERS),
  binary('divNoNan', { ulps: 2 }, tf.divNoNan),
  binary('floorDiv', EXACT, tf.floorDiv, { ...BOTH, left: [-1e6, 1e6], right: [0.1, 1e6] }),
  binary('mod', ROUNDED, tf.mod, BOTH),
  binary('pow', FUNCTION, tf.pow, { left: [0.1, 20], right: [-8, 8] }),
  binary('maximum', EXACT, tf.maximum, NUMBERS),
  binary('minimum', EXACT, tf.minimum, NUMBERS),
  binary('squaredDifference', { ulps: 4 }, tf.squaredDifference, NUMBERS),
  binary('atan2', FUNCTION, tf.atan2),
  binary('prelu', ROUNDED, tf.prelu),
  binary('bitwiseAnd', EXACT, (a, b) => tf.bitwiseAnd(a, b), { dtypes: ['int32'] }),
  binary('equal', EXACT, tf.equal, ALL),
  binary('notEqual', EXACT, tf.notEqual, ALL),
  binary('less', EXACT, tf.less, BOTH),
  binary('lessEqual', EXACT, tf.lessEqual, BOTH),
  binary('greater', EXACT, tf.greater, BOTH),
  binary('greaterEqual', EXACT, tf.greaterEqual, BOTH),
  binary('logicalAnd', EXACT, tf.logicalAnd, TRUTH),
  binary('logicalOr', EXACT, tf.logicalOr, TRUTH),
  binary('logicalXor', EXACT, tf.logicalXor, TRUTH),
  operator({
    name: 'addN',
    tolerance: { ulps: 1, kind: 'sum' },
    draw: (m) => {
      const a = m.pick();
      const shape = m.shapeOf(a);
      const same = () => m.pick({ shape, fits: sameAs(shape) });
      return { inputs: [a, ...Array.from({ length: m.r.whole(1, 3) }, same)], options: {} };
    },
    apply: (xs) => tf.addN(xs),
  }),
  operator({
    name: 'where',
    tolerance: EXACT,
    draw: (m) => {
      const dtype = m.r.one(['float32', 'float32', 'int32', 'bool'] as const);
      const a = m.pick({ dtype });
      const b = m.partner(m.shapeOf(a), { dtype });
      const joined = tf.broadcast_util.assertAndGetBroadcastShape(m.shapeOf(a), m.shapeOf(b));
      return { inputs: [m.partner(joined, { dtype: 'bool' }), a, b], options: {} };
    },
    apply: ([condition, a, b]) => tf.where(condition, a, b),
  }),
];
