import { describeLayer } from '../../../tests/support/layers.js';
import reference from '../bayesian.reference.json' with { type: 'json' }; // made by ../reference/bayesian.py with PyTorch 2.13
import { bayesianLinear } from './bayesian-linear.js';
import { scaleMixtureLogDensity } from './scale-mixture.js';

describeLayer(bayesianLinear, {
  PyTorch: {
    call: (w, b, sw, sb, x, noise) => bayesianLinear({ mean: { w, b }, deviation: { w: sw, b: sb } }, x, { noise }),
    reference: reference.bayesianLinear,
  },
});

describeLayer(scaleMixtureLogDensity, {
  PyTorch: { call: (w) => scaleMixtureLogDensity(w, { share: 0.25, wide: 1, narrow: 0.1 }), reference: reference.scaleMixture },
});
