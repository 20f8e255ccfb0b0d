import { describeLayer } from '../../tests/support/layers.js';
import { divergenceOf, gaussianDivergence } from './bayes/mean-field.js';
import reference from './bayes.reference.json' with { type: 'json' }; // made by reference/bayes.py with PyTorch 2.13

describeLayer(divergenceOf, {
  PyTorch: { call: (mean, rho) => gaussianDivergence({ mean, rho }, { prior: 0.8 }), reference: reference.divergence },
});
