import { asKnown, type Frame, frameOf } from '../frame/frame.js';
import type { Panel } from '../panel/panel.js';
import { type Feature, lackedBy, needsOf, priceIn } from './feature.js';
import type { FeatureFrame } from './feature-frame.js';
import { chosen, features } from './registry.js';
import { loadStream, requireSame } from './saved.js';
import { FeatureStream } from './stream.js';

/**
 * Features of a frame, or of a panel of prices, on all of its dates.
 *
 *     const { column, names } = computeFeatures(await loadPanel('skfolio/sp500-stocks'));
 *     computeFeatures(frame, ['momentum-252-21', 'rsi-14', 'atr-14']).panel('rsi-14')
 *
 * Each value is made of its date and earlier ones: NaN until there are enough of them, and where a value in its window is missing or the
 * asset is not listed. `explainFeature(name)` says what a feature is.
 *
 * @param data    prices are `adjClose` where the frame has it, else `close`
 * @param choice  names of `features()`, or features of your own; all that the data have the fields and the rows for unless told
 * @throws        when a feature needs what the data lack, looks further back than they reach, or has no value at all; at a price that is
 *                not positive or a negative volume, naming date and asset
 */
export function computeFeatures(data: Frame | Panel, choice?: readonly (string | Feature)[]): FeatureFrame {
  const frame = 'fields' in data ? data : frameOf(data);
  const { stream, wanted } = start(frame, choice);
  const computed = stream.push(frame);
  if (choice) requireValues(computed, wanted, frame);
  return computed;
}

/**
 * The same features, kept up to date: it has seen the rows of `data`, and `push` takes those that follow. Its values are those of
 * `computeFeatures` on all rows, to the bit. `save` writes what it remembers to a file, from which `resumeFeatures` goes on.
 *
 *     const stream = streamFeatures(history, ['rsi-14', 'beta-252']);
 *     stream.push(selectFrame(frame, { from: today, to: today })).column('rsi-14')
 *
 * @throws as `computeFeatures`
 */
export function streamFeatures(data: Frame | Panel, choice?: readonly (string | Feature)[]): FeatureStream {
  const frame = 'fields' in data ? data : frameOf(data);
  const { stream } = start(frame, choice);
  stream.push(frame);
  return stream;
}

/**
 * Goes on from what `save` wrote: the stream that it was, and its values to the bit.
 *
 * @param choice  the features, where some are your own; those of the file unless told
 * @throws        when the file is damaged, of another version, or of other features
 */
export function resumeFeatures(file: string, choice?: readonly (string | Feature)[]): FeatureStream {
  const saved = loadStream(file);
  const wanted = chosen(choice ?? saved.names);
  requireSame(file, saved, wanted);
  const fields = saved.price === undefined ? {} : { [saved.price]: new Float64Array() };
  return new FeatureStream(wanted, { assets: saved.assets, fields, source: saved.source }, saved);
}

function start(frame: Frame, choice: readonly (string | Feature)[] | undefined) {
  const wanted = choice ? chosen(choice) : features({ data: frame });
  if (wanted.length === 0)
    throw new Error(
      `no feature can be computed of ${frame.source}: it has ${held(frame)} on ${frame.dates.length} dates; most need adjClose or close`,
    );
  for (const one of wanted) requireInputs(one, frame);
  return { stream: new FeatureStream(wanted, frame), wanted };
}

const held = ({ fields, series }: Frame) => [...Object.keys(fields), ...Object.keys(series).map((name) => `series ${name}`)].join(', ');

/** Throws when a feature needs what the frame lacks, or more rows than it has. */
function requireInputs({ name, expression }: Feature, frame: Frame): void {
  const lacking = lackedBy(needsOf({ expression }), frame);
  if (lacking.length > 0)
    throw new Error(`${name} needs ${lacking.join(', ').replace('price', 'adjClose or close')}: ${frame.source} has ${held(frame)} only`);
  if (expression.first >= frame.dates.length)
    throw new Error(
      `${name} leaves no value: it looks back ${expression.first} rows and ${frame.source} has ${frame.dates.length}; ` +
        'load more history or take a feature with a shorter look-back',
    );
}

function requireValues(computed: FeatureFrame, wanted: readonly Feature[], frame: Frame): void {
  for (const feature of wanted) {
    const values = computed.column(feature.name);
    let at = values.length - 1;
    while (at >= 0 && Number.isNaN(values[at])) at--;
    if (at < 0)
      throw new Error(
        `${feature.name} has no value on any of the ${frame.dates.length} dates of ${frame.source}: ${whyNone(feature, frame)}; ` +
          'look at the data, or leave it out',
      );
  }
}

/** Why a feature has no value: gaps in what it reads, else what it is made of. */
function whyNone(feature: Feature, frame: Frame): string {
  const { dates, assets, fields, series, listed } = frame;
  const [N, needs, rows] = [assets.length, needsOf(feature), feature.expression.first + 1];
  const told = needs.filter((need) => need.startsWith('series ')).map((need) => asKnown(series[need.slice(7)], dates));
  const read = needs.filter((need) => !need.startsWith('series ')).map((need) => fields[need === 'price' ? priceIn(fields)! : need]);
  const holds = (t: number, n: number) =>
    listed?.[t * N + n] !== 0 &&
    told.every((values) => !Number.isNaN(values[t])) &&
    read.every((values) => !Number.isNaN(values[t * N + n]));
  const whole = assets.some((_, n) => {
    for (let t = 0, run = 0; t < dates.length; t++) {
      run = holds(t, n) ? run + 1 : 0;
      if (run >= rows) return true;
    }
    return false;
  });
  if (!whole) return `${needs.join(', ')} have no ${rows} rows in a row without a missing value`;
  return N === 1
    ? 'it is undefined for one asset, as what compares assets is, or has no number in these data, as 0/0 has none'
    : 'its values in these data are 0/0, or other numbers that are none';
}
