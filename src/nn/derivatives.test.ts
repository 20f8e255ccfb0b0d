import { describeLayer } from '../../tests/support/layers.js';
import { linear } from './linear.js';
import reference from './pytorch.reference.json' with { type: 'json' }; // made by reference/pytorch.py with PyTorch 2.13

describeLayer(linear, { PyTorch: { call: (x, w, b) => linear({ w, b }, x), reference: reference.linear } });
