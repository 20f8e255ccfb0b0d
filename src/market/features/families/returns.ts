import { family } from '../feature.js';
import { RETURN, returnOver } from './common.js';

const { raw } = String;

/** Log returns over horizons from a row to a year of days. */
export const returns = family(
  'returns',
  [1, 2, 3, 5, 10, 21, 42, 63, 126, 252].map((h) => ({
    name: `return-${h}`,
    formula: raw`\ln\frac{p_t}{p_{t-${h}}}`,
    unit: RETURN,
    source: 'the definition',
    expression: returnOver(h),
  })),
);
