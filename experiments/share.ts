import type { Finding } from '../src/report/index.js';
import { proportionInterval } from '../src/stats/index.js';

/** A share of n samples with Wilson's interval of 95 %. */
export const share = (value: number, n: number, description: string): Finding => ({
  value,
  uncertainty: proportionInterval(Math.round(value * n), n),
  unit: '1',
  description,
  tolerance: 3 * Math.sqrt(0.25 / n),
});
