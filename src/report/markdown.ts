import katex from 'katex';
import type { Bundle } from './display.js';
import { significant } from './format.js';

/**
 * Prose with computed numbers in it, as Markdown; numbers get three significant digits, strings go in as they are.
 *
 *     markdown`The median β is ${fixed(median, 2)}.`
 */
export function markdown(parts: TemplateStringsArray, ...values: (string | number)[]): Bundle {
  const text = parts.reduce((before, part, i) => before + written(values[i - 1]!) + part);
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

const written = (value: string | number) => (typeof value === 'number' ? significant(value, 3) : value);
