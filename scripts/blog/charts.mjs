import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { read } from 'vega';
import { compile } from 'vega-lite';

/**
 * Writes each chart as the picture that the notebook drew and as the specification that the page draws from. Vega-Lite is translated to Vega here,
 * so that a reader loads Vega alone.
 *
 * @param {ReadonlyMap<string, import('./notebook.mjs').Chart>} charts
 * @param {string} out  the site's folder
 */
export function writeCharts(charts, out) {
  for (const [key, { svg, spec }] of charts) {
    const file = join(out, 'charts', key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.svg`, svg);
    writeFileSync(`${file}.json`, JSON.stringify(withRows(compile(spec, { logger: silent }).spec)));
  }
}

/**
 * Rows that came as comma-separated text, as rows: to read such text Vega makes a function of a string, which the page forbids.
 *
 * @param {any} spec  of Vega
 */
function withRows(spec) {
  for (const data of spec.data ?? []) {
    if (typeof data.values !== 'string') continue;
    const { type = 'json', ...format } = data.format ?? {};
    data.values = read(data.values, { type });
    data.format = { type: 'json', ...format };
  }
  return spec;
}

/** Vega-Lite says much that was decided when the chart was made. */
const silent = {
  level: () => silent,
  error: (/** @type {string} */ text) => {
    throw new Error(`a chart cannot be drawn: ${text}`);
  },
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};
