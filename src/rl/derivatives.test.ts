import * as tf from '@tensorflow/tfjs';
import { describeLayer } from '../../tests/support/layers.js';
import { dueling } from './agents/dueling.js';
import { ppoLoss } from './agents/policy-gradient.js';
import { categoricalEntropy, categoricalLogProbability } from './categorical-policy.js';
import { gaussianLogProbability } from './gaussian-policy.js';
import reference from './reinforcement.reference.json' with { type: 'json' }; // made by reference/reinforcement.py with PyTorch 2.13

const action = tf.tensor1d([1, 0, 1, 1, 0], 'int32'); // of the script
describeLayer(categoricalLogProbability, {
  PyTorch: { call: (logits) => categoricalLogProbability(logits, action), reference: reference.categoricalLogProbability },
});
describeLayer(categoricalEntropy, { PyTorch: { call: categoricalEntropy, reference: reference.categoricalEntropy } });
describeLayer(gaussianLogProbability, {
  PyTorch: {
    call: (mean, logDeviation, a) => gaussianLogProbability({ mean, logDeviation }, a),
    reference: reference.gaussianLogProbability,
  },
});
describeLayer(ppoLoss, { PyTorch: { call: (l, old, advantage) => ppoLoss(l, advantage, { old }), reference: reference.ppo } });
describeLayer(dueling, { PyTorch: { call: dueling, reference: reference.dueling } });
