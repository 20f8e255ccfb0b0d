import * as tf from '@tensorflow/tfjs';
import { describeLayer } from '../../../tests/support/layers.js';
import layers from '../layers.reference.json' with { type: 'json' }; // made by ../reference/layers.py with PyTorch 2.13
import pytorch from '../pytorch.reference.json' with { type: 'json' }; // made by ../reference/pytorch.py with PyTorch 2.13
import { batchNorm } from './batch-norm.js';
import { layerNorm } from './layer-norm.js';
import { rmsNorm } from './rms-norm.js';
import { spectralNorm } from './spectral-norm.js';

describeLayer(layerNorm, { PyTorch: { call: (x, gamma, beta) => layerNorm({ gamma, beta }, x), reference: pytorch.layerNorm } });
describeLayer(rmsNorm, { PyTorch: { call: (x, gamma) => rmsNorm({ gamma }, x), reference: layers.rmsNorm } });

const averages = { mean: tf.zeros([3]), variance: tf.ones([3]) };
describeLayer(batchNorm, {
  PyTorch: { call: (x, gamma, beta) => batchNorm({ gamma, beta }, x, { averages }).y, reference: layers.batchNorm },
});

const { spectralNorm: spectral } = layers;
const [w] = spectral.inputs;
const start: tf.Tensor = tf.tensor1d(spectral.u.data);
/** The state after many steps with the same weights: the leading right singular vector. */
const converged = () => {
  let u = start;
  for (let i = 0; i < 200; i++) ({ u } = spectralNorm(tf.tensor(w.data, [4, 3]), { u }));
  return u;
};
describeLayer(spectralNorm, {
  'PyTorch after one power iteration': {
    call: (w) => spectralNorm(w, { u: start }).y,
    reference: spectral,
    noDifferences: 'as in PyTorch, u and v are held constant',
  },
  // σ is stationary in u and v at the singular vectors, so there holding them constant loses nothing.
  'once u has converged': {
    call: (
      (u) => (w: tf.Tensor) =>
        spectralNorm(w, { u }).y
    )(converged()),
    inputs: [w],
  },
});
