const MINUS = '−';

/**
 * A number for people, to so many significant digits: `0.01234`, `1,234`, `1.2e−9`.
 *
 * Thousands are grouped, the minus sign is a real one, and numbers outside [1e-4, 1e7) are in scientific notation.
 */
export function significant(value: number, digits = 4): string {
  if (!Number.isFinite(value) || value === 0) return special(value);
  const magnitude = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  if (magnitude < -4 || magnitude >= 7) return minus(value.toExponential(Math.min(digits, 3) - 1).replace('e+', 'e'));
  return fixed(value, Math.max(0, digits - 1 - magnitude));
}

/** A number with so many decimals: `1,234.50`. */
export function fixed(value: number, decimals = 2): string {
  if (!Number.isFinite(value)) return special(value);
  const text = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return minus(/[1-9]/.test(text) ? text : text.replace('-', ''));
}

/** A fraction as a percentage: `percent(0.0123)` is `1.23 %`. */
export const percent = (fraction: number, decimals = 2): string => `${fixed(100 * fraction, decimals)} %`;

const minus = (text: string) => text.replaceAll('-', MINUS);
const special = (value: number) => (Number.isNaN(value) ? '–' : value === 0 ? '0' : value > 0 ? '∞' : `${MINUS}∞`);
