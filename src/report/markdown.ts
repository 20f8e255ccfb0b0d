import katex from 'katex';
import type { Bundle } from '../base/index.js';
import { fixed, significant } from '../base/index.js';

/**
 * Prose with computed numbers in it, as Markdown; whole numbers go in as they are, others with three significant
 * digits.
 *
 *     markdown`The median β is ${fixed(median, 2)}.`
 */
export function markdown(parts: TemplateStringsArray, ...values: (string | number)[]): Bundle {
  const text = parts.reduce((before, part, i) => before + written(values[i - 1]) + part);
  return { 'text/markdown': text, 'text/plain': text };
}

/**
 * A displayed formula, set by the notebook's own MathJax.
 *
 * @throws at the first mistake in the LaTeX, with its position: a notebook would show the source in red instead
 */
export function maths(latex: string): Bundle {
  katex.renderToString(latex, { displayMode: true, throwOnError: true, output: 'mathml' });
  return { 'text/latex': `$$${latex}$$`, 'text/plain': latex };
}

function written(value: string | number): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? fixed(value, 0) : significant(value, 3);
}
