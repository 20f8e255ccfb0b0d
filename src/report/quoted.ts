/** Where a quoted number is read: in LaTeX, or in text, of a web page or a notebook. */
export type Medium = 'latex' | 'text';

const FORMAT = /^(\+?)\.(\d+)(f|g|b|\\?%)$/;

/** The formats that `quoted` knows, for messages. */
export const FORMATS = '.2f, .3g, .1\\% or .0b, with a + before it where the sign is to be shown';

/**
 * A number of results/ as every document shows it: a real minus, none before a zero, digits in groups of three from five on.
 *
 *     of 0.5731:  .2f 0.57   .3g 0.573   .1% 57.3 %   .0b 5731, basis points   +.2f +0.57
 *
 * @param format  decimals (f), significant digits (g), per cent (% or \%) or basis points (b), each with its number of digits
 * @returns       nothing when the format is none
 */
export function quoted(value: number, format: string, medium: Medium): string | undefined {
  const [, plus, digits, kind = ''] = FORMAT.exec(format) ?? [];
  if (digits === undefined) return undefined;
  const { digits: text, power } = written(value, Number(digits), kind.at(-1));
  const size = grouped(text.replace('-', ''), medium);
  const shown = power === undefined ? size : scientific(size, power, medium);
  const sign = !/[1-9]/.test(text) ? '' : value < 0 ? SIGN[medium] : plus;
  return sign + shown + (kind.endsWith('%') ? PERCENT[medium] : '');
}

const SIGN = { latex: '\\ensuremath{-}', text: '−' };
const PERCENT = { latex: '\\%', text: '\u202f%' };
const THOUSANDS = { latex: '\\,', text: '\u202f' };

function written(value: number, digits: number, kind: string | undefined): { digits: string; power?: number } {
  if (kind === 'f') return { digits: value.toFixed(digits) };
  if (kind === 'b') return { digits: (1e4 * value).toFixed(digits) };
  if (kind === '%') return { digits: (100 * value).toFixed(digits) };
  const [mantissa, power] = value.toPrecision(digits).split('e');
  return power === undefined ? { digits: mantissa } : { digits: mantissa, power: Number(power) };
}

const grouped = (text: string, medium: Medium): string =>
  text.replace(/^\d{5,}/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, () => THOUSANDS[medium]));

const scientific = (mantissa: string, power: number, medium: Medium): string =>
  medium === 'latex' ? `\\ensuremath{${mantissa}\\cdot10^{${power}}}` : `${mantissa}·10${[...String(power)].map(raised).join('')}`;

const raised = (c: string): string => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]);
