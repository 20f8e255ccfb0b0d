import type { MimeBundle } from '../protocol.js';

type Spec = Record<string, unknown>;

const SCHEMA = /\/schema\/(vega|vega-lite)\/v\d/;
const MIME = { vega: 'application/vnd.vega.v5+json', 'vega-lite': 'application/vnd.vegalite.v5+json' };

/** A specification of Vega or Vega-Lite by its `$schema`, or one of Vega-Lite by the three parts that every single view has. */
export const isChart = (value: Spec): boolean =>
  typeof value.$schema === 'string' ? SCHEMA.test(value.$schema) : ['data', 'mark', 'encoding'].every((part) => value[part] != null);

/** The chart of a specification. Version 5 is the newest that JupyterLab draws; what 6 has beyond it is little. */
export function showChart(spec: Spec): MimeBundle {
  const kind = (SCHEMA.exec(String(spec.$schema))?.[1] ?? 'vega-lite') as keyof typeof MIME;
  const title = typeof spec.title === 'object' ? (spec.title as Spec | null)?.text : spec.title;
  return {
    [MIME[kind]]: { ...spec, $schema: `https://vega.github.io/schema/${kind}/v5.json` },
    'text/plain': `[chart]${title ? ` ${title}` : ''}`,
  };
}
