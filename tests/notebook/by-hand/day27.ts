import { barycentricMap, sinkhorn, squaredDistances } from '../../../src/stats/index.js';
import type { HandCase, Input } from './case.js';

const matrix = ({ data, shape }: Input) => ({ rows: shape[0], cols: shape[1], data });
/** p, q, x, y and ε as the library takes them. */
const planned = ([p, q, x, y, epsilon]: readonly Input[]) =>
  sinkhorn(p.data, q.data, squaredDistances(matrix(x), matrix(y)), { epsilon: epsilon.data[0], tolerance: 1e-14, rounds: 20_000 });

export const cases: Readonly<Record<string, HandCase>> = {
  plan: {
    functions: ['pairCosts', 'softMinimum', 'sinkhornByHand', 'planOf'],
    hand({ pairCosts, sinkhornByHand, planOf }, [p, q, x, y, epsilon]) {
      const asked = { p: p.data, q: q.data, cost: pairCosts(x.data, y.data, 2), epsilon: epsilon.data[0] };
      return { y: planOf(asked, sinkhornByHand(asked, 4000)) };
    },
    plain: (...inputs) => planned(inputs).plan.data,
  },
  map: {
    functions: ['carried'],
    hand({ pairCosts, sinkhornByHand, carried }, [p, q, x, y, epsilon]) {
      const asked = { p: p.data, q: q.data, cost: pairCosts(x.data, y.data, 2), epsilon: epsilon.data[0] };
      const { g } = sinkhornByHand(asked, 4000);
      return { y: carried(x.data, { y: y.data, q: q.data, g, epsilon: epsilon.data[0] }, 2) };
    },
    plain: (...inputs) => barycentricMap(planned(inputs).plan, matrix(inputs[3])).data,
  },
};
