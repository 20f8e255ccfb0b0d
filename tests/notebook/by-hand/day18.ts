import { attention } from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  wilder: {
    functions: ['wilderForward'],
    // The first 3 of n = 4 are NaN: there is no mean of 4 numbers yet.
    hand: ({ wilderForward }, [x]) => ({ y: wilderForward(x.data, 4).subarray(3) }),
    library(x) {
      const at = (t: number) => x.slice([t], [1]);
      let last = x.slice([0], [4]).mean().reshape([1]);
      const all = [last];
      for (let t = 4; t < x.shape[0]; t++) {
        last = last.mul(3).add(at(t)).div(4);
        all.push(last);
      }
      return all.reduce((before, now) => before.concat(now));
    },
  },
  gate: {
    functions: ['gateForward', 'gateBackward'],
    hand({ gateForward, gateBackward }, [x, f, v, a, c], dy) {
      const [params, branch] = [
        { a: a.data, c: c.data },
        { x: x.data, f: f.data, v: v.data },
      ];
      const { y, g } = gateForward(params, branch);
      const { dx, df, dv, da, dc } = gateBackward(dy, params, { ...branch, g });
      return { y, grads: [dx, df, dv, da, dc] };
    },
    library: (x, f, v, a, c) => x.add(v.matMul(a).add(c).sigmoid().mul(f)),
  },
  cooled: {
    functions: ['cooledForward', 'cooledBackward'],
    hand({ cooledForward, cooledBackward }, [q, k, v, g], dy) {
      const all = { q: q.data, k: k.data, v: v.data, g: g.data };
      const width = q.shape[1];
      const { dq, dk, dv, dg } = cooledBackward(dy, all, width);
      return { y: cooledForward(all, width).y, grads: [dq, dk, dv, dg] };
    },
    library: (q, k, v, g) => attention(q.mul(g), k, v),
  },
};
