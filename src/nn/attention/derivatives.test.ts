import * as tf from '@tensorflow/tfjs';
import { describeLayer } from '../../../tests/support/layers.js';
import masked from '../attention.reference.json' with { type: 'json' }; // made by ../reference/attention.py with PyTorch 2.13
import linearCost from '../linear-cost-attention.reference.json' with { type: 'json' }; // made by ../reference/linear-cost-attention.py with PyTorch 2.13
import pytorch from '../pytorch.reference.json' with { type: 'json' }; // made by ../reference/pytorch.py with PyTorch 2.13
import recurrent from '../recurrent.reference.json' with { type: 'json' }; // made by ../reference/recurrent.py with PyTorch 2.13
import { additiveAttention } from './additive-attention.js';
import { attention } from './attention.js';
import { autoCorrelation } from './auto-correlation.js';
import { causalAttention, maskedAttention } from './masked-attention.js';
import { paddingMask } from './masks.js';
import { performerAttention } from './performer-attention.js';

describeLayer(attention, { PyTorch: { call: attention, reference: pytorch.attention } });

const padding = paddingMask([2, 4], 4);
describeLayer(maskedAttention, {
  'PyTorch with a causal mask': { call: causalAttention, reference: masked.causal },
  'PyTorch with padded keys': {
    call: (q, k, v) => maskedAttention(q, k, v, { visible: tf.tensor(padding.data, padding.shape, 'bool') }),
    reference: masked.padded,
  },
});

describeLayer(additiveAttention, {
  PyTorch: {
    call: (keys, query, wk, wq, v) => additiveAttention({ wk, wq, v }, keys, { query }),
    reference: recurrent.additiveAttention,
  },
});

describeLayer(autoCorrelation, {
  "the authors' Fourier form": { call: (q, k, v) => autoCorrelation(q, k, v, { delays: 3 }), reference: linearCost.autoCorrelation },
});

const { omega } = linearCost.performer;
describeLayer(performerAttention, {
  "the authors' formula": {
    call: (q, k, v) => performerAttention(q, k, v, { omega: tf.tensor(omega.data, omega.shape) }),
    reference: linearCost.performer,
  },
});
