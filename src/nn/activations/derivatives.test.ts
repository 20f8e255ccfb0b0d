import { describeLayer } from '../../../tests/support/layers.js';
import layers from '../layers.reference.json' with { type: 'json' }; // made by ../reference/layers.py with PyTorch 2.13
import pytorch from '../pytorch.reference.json' with { type: 'json' }; // made by ../reference/pytorch.py with PyTorch 2.13
import { gelu } from './gelu.js';
import { geluTanh } from './gelu-tanh.js';
import { logSigmoid } from './log-sigmoid.js';
import { relu } from './relu.js';
import { sigmoid } from './sigmoid.js';
import { silu } from './silu.js';
import { softplus } from './softplus.js';
import { tanh } from './tanh.js';

describeLayer(gelu, { PyTorch: { call: gelu, reference: pytorch.gelu } });
describeLayer(geluTanh, { PyTorch: { call: geluTanh, reference: layers.geluTanh } });
describeLayer(logSigmoid, { PyTorch: { call: logSigmoid, reference: layers.logSigmoid } });
describeLayer(relu, { PyTorch: { call: relu, reference: pytorch.relu } });
describeLayer(sigmoid, { PyTorch: { call: sigmoid, reference: layers.sigmoid } });
describeLayer(silu, { PyTorch: { call: silu, reference: layers.silu } });
describeLayer(softplus, { PyTorch: { call: softplus, reference: layers.softplus } });
describeLayer(tanh, { PyTorch: { call: tanh, reference: layers.tanh } });
