import { mean } from '../../../src/linalg/index.js';
import type { Finding } from '../../../src/report/index.js';
import { studentT } from '../../../src/stats/index.js';

/** The mean over seeds with Student's interval of 95 %: what another seed would move. */
export function overSeeds(values: readonly number[], description: string, unit = '1'): Finding {
  const centre = mean(values);
  const n = values.length;
  const error = Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (n - 1) / n);
  const reach = studentT(n - 1).quantile(0.975) * error;
  return {
    value: centre,
    uncertainty: [centre - reach, centre + reach],
    unit,
    description: `${description}; ${n} seeds, Student's interval`,
    tolerance: Math.max(2 * reach, 1e-3 * Math.abs(centre)),
  };
}
