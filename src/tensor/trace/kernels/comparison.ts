import { broadcast } from '../../graph/builder.js';
import type { Op } from '../../onnx/operators.js';
import { type AB, each, elementwise, type Kernel, type Kernels } from '../kernel.js';

const ORDER: Readonly<Record<string, Op>> = {
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
};

const LOGIC: Readonly<Record<string, Op>> = { LogicalAnd: 'And', LogicalOr: 'Or', LogicalXor: 'Xor' };

const compare =
  (op: Op): Kernel<AB> =>
  (on, { a, b }) => {
    const g = on.graph;
    const [x, y] = [on.compact(a), on.compact(b)];
    // ONNX orders numbers only: false < true is 0 < 1.
    const [p, q] = x.dtype === 'bool' ? [g.cast(x, 'int32'), g.cast(y, 'int32')] : [x, y];
    return on.give(g.binary(op, p, q, 'bool'), broadcast(a.shape, b.shape));
  };

const notEqual: Kernel<AB> = (on, { a, b }) => {
  const g = on.graph;
  return on.give(g.unary('Not', g.binary('Equal', on.compact(a), on.compact(b), 'bool')), broadcast(a.shape, b.shape));
};

export const comparison: Kernels = {
  ...each(ORDER, compare),
  ...each(
    LOGIC,
    (op): Kernel<AB> =>
      (on, { a, b }) =>
        on.give(on.graph.binary(op, on.compact(a), on.compact(b)), broadcast(a.shape, b.shape)),
  ),
  NotEqual: notEqual,
  LogicalNot: elementwise(({ graph }, x) => graph.unary('Not', x)),
};
