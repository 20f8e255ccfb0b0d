import type { Frame } from '../frame/frame.js';
import { calendar, macro } from './families/calendar.js';
import { crossSection } from './families/cross-section.js';
import { betas, correlations } from './families/market.js';
import { momentum } from './families/momentum.js';
import { oscillators } from './families/oscillators.js';
import { range } from './families/range.js';
import { returns } from './families/returns.js';
import { reversal } from './families/reversal.js';
import { drawdown, shape } from './families/shape.js';
import { volatility } from './families/volatility.js';
import { liquidity, volumes } from './families/volume.js';
import { type Feature, lackedBy, needsOf } from './feature.js';

const FEATURES: ReadonlyMap<string, Feature> = new Map(
  [
    ...[...returns, ...momentum, ...reversal, ...volatility, ...shape, ...drawdown, ...oscillators],
    ...[...betas, ...correlations, ...crossSection, ...range, ...volumes, ...liquidity, ...calendar, ...macro],
  ].map((one) => [one.name, one]),
);

/**
 * The features there are, by family, in a fixed order.
 *
 *     features({ family: 'momentum' }).map(({ name }) => name)        features({ data: frame })
 *
 * @param filter  `family`: only of this one; `data`: only those that these data have the fields, the series and the rows for
 * @throws        on an unknown family, naming those that there are
 */
export function features(filter: { readonly family?: string; readonly data?: Pick<Frame, 'fields' | 'series' | 'dates'> } = {}): Feature[] {
  const { family, data } = filter;
  const all = [...FEATURES.values()];
  const families = [...new Set(all.map((one) => one.family))];
  if (family !== undefined && !families.includes(family))
    throw new Error(`there is no family of features '${family}': there are ${families.join(', ')}`);
  return all.filter(
    (one) =>
      (family === undefined || one.family === family) &&
      (!data || (lackedBy(needsOf(one), data).length === 0 && one.expression.first < data.dates.length)),
  );
}

/** The features of these names, in this order; those given whole as they are. */
export function chosen(choice: readonly (string | Feature)[]): Feature[] {
  const found = choice.map((one) => (typeof one === 'string' ? featureOf(one) : one));
  const twice = found.find(({ name }, i) => found.findIndex((other) => other.name === name) !== i);
  if (twice) throw new Error(`two features are named '${twice.name}'; name each once`);
  return found;
}

function featureOf(name: string): Feature {
  const feature = FEATURES.get(name);
  if (feature) return feature;
  const stem = name.replace(/-?\d.*$/, '');
  const near = [...FEATURES.keys()].filter((other) => stem.length > 1 && other.startsWith(stem));
  const hint = near.length > 0 ? `near it are ${near.slice(0, 12).join(', ')}` : `there are ${FEATURES.size}: features() lists them`;
  throw new Error(`there is no feature '${name}'; ${hint}`);
}

/**
 * What a feature is, as Markdown: its formula, unit, source, what it needs and how far it looks back.
 *
 *     display.markdown(explainFeature('rsi-14'))
 *
 * @throws on an unknown name, naming those near it
 */
export function explainFeature(name: string): string {
  const feature = featureOf(name);
  const { family, formula, unit, source, scaling, expression } = feature;
  const { first, warmUp } = expression;
  const power = (what: string, exponent: number) =>
    exponent === 0
      ? `unchanged when ${what} are multiplied by c`
      : `times c${exponent === 1 ? '' : `^${exponent}`} when ${what} are multiplied by c`;
  const settled =
    warmUp === Infinity
      ? ', and it never forgets where the data begin'
      : warmUp > first
        ? `, and from row ${warmUp} on its start weighs less than 1e-9 in it`
        : '';
  const rows = [
    ['unit', unit],
    [
      'needs',
      needsOf(feature)
        .map((need) => (need === 'price' ? 'price (adjClose where there is one, else close)' : need))
        .join(', ') || 'dates alone',
    ],
    ['looks back', `${first} rows${settled}`],
    ['scaling', [power('prices', scaling.price), power('volumes', scaling.volume)].join('; ')],
    ['source', source],
  ];
  return [
    `**${name}** (${family})`,
    '',
    `$$${formula}$$`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([what, said]) => `| ${what} | ${said} |`),
    '',
  ].join('\n');
}
