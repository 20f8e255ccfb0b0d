import * as tf from '@tensorflow/tfjs';
import { patchTst } from '../../../src/models/index.js';
import { normaliseInstance } from '../../../src/nn/index.js';
import type { HandCase, Input } from './case.js';

/** As in `day16.py`. */
const cut = { steps: 8, patch: 4, stride: 4, heads: 1 };
const D = 4;
const unit = { gamma: new Float64Array(D).fill(1), beta: new Float64Array(D) };
const unshifted = ({ data: w, shape }: Input) => ({ w, b: new Float64Array(shape[1]) });

export const cases: Readonly<Record<string, HandCase>> = {
  units: {
    functions: ['inOwnUnits'],
    hand: ({ inOwnUnits }, [x]) => ({ y: inOwnUnits(x.data, x.shape[1]).normalised }),
    library: (x) => normaliseInstance(x.expandDims(-1)).normalised.squeeze([-1]),
    libraryWithin: 1e-7, // ε is a float32
  },
  patchTst: {
    functions: ['inOwnUnits', 'patchesOf', 'patchForecast'],
    hand({ patchForecast }, [x, embed, b, positions, query, key, value, out, expand, contract, head]) {
      const heads = { query: unshifted(query), key: unshifted(key), value: unshifted(value), out: unshifted(out) };
      const layer = { norm1: unit, heads, norm2: unit, expand: unshifted(expand), contract: unshifted(contract) };
      const ends = { embed: { w: embed.data, b: b.data }, positions: positions.data, norm: unit, head: unshifted(head) };
      return { y: patchForecast({ ...ends, layers: [layer] }, x.data, cut) };
    },
    library(x, embed, b, positions, query, key, value, out, expand, contract, head) {
      const norm = { gamma: tf.ones([D]), beta: tf.zeros([D]) };
      const shifted = (w: tf.Tensor) => ({ w, b: tf.zeros([w.shape[1]!]) });
      const attention = { qkv: tf.concat([query, key, value], 1), shiftQ: tf.zeros([D]), shiftV: tf.zeros([D]), out: shifted(out) };
      const feedForward = { expand: shifted(expand), contract: shifted(contract) };
      const blocks = [{ norm1: norm, attention, norm2: norm, feedForward }];
      const { steps: lookback, patch, stride, heads } = cut;
      const config = { lookback, horizons: 1, patch, stride, heads };
      return patchTst({ embed: { w: embed, b }, positions, blocks, norm, head: shifted(head) }, x.expandDims(-1), config).squeeze([-1]);
    },
    libraryWithin: 1e-6, // ε, and the 1/√2 of a GELU
  },
};
