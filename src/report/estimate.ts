import { fixed } from '../base/index.js';
import { asSaved, type Finding, type Uncertainty } from './results.js';

/**
 * An estimate with its uncertainty, for prose: `estimate(0.802, 0.026, 2)` is `0.80 ± 0.03`, which is value and standard error;
 * `estimate(0.02, [-0.5, 0.6], 1)` is `0.0 [−0.5, 0.6]`; a number without uncertainty stands alone.
 */
export function estimate(value: number, sure: Uncertainty, decimals = 2): string {
  const uncertainty = asSaved(sure);
  if (typeof uncertainty === 'string') return fixed(value, decimals);
  if (typeof uncertainty === 'number') return `${fixed(value, decimals)} ± ${fixed(uncertainty, decimals)}`;
  return `${fixed(value, decimals)} [${fixed(uncertainty[0], decimals)}, ${fixed(uncertainty[1], decimals)}]`;
}

/** Findings as rows of a table, for the end of a notebook: what, value, how sure, unit. */
export function findingRows(
  numbers: Readonly<Record<string, Finding>>,
): { what: string; value: number; uncertainty: string; unit: string }[] {
  return Object.values(numbers).map(({ description, value, uncertainty, unit }) => ({
    what: description,
    value: Number(value.toPrecision(4)),
    uncertainty: written(uncertainty),
    unit: unit === '1' ? '' : unit,
  }));
}

function written(sure: Uncertainty): string {
  const uncertainty = asSaved(sure);
  if (typeof uncertainty === 'string') return uncertainty;
  const short = (value: number) => String(Number(value.toPrecision(2))).replace('-', '−');
  return typeof uncertainty === 'number' ? `± ${short(uncertainty)}` : `[${short(uncertainty[0])}, ${short(uncertainty[1])}]`;
}
