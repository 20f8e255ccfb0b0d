import { asKnown, checkFrame, type Frame, frameOf, PRICE_FIELDS } from '../frame/frame.js';
import { toDay } from '../panel/dates.js';
import type { Panel } from '../panel/panel.js';
import type { Source } from './expression.js';
import { type Feature, lackedBy, needsOf, priceIn } from './feature.js';
import { type FeatureFrame, featureFrame } from './feature-frame.js';
import { Machine } from './machine.js';
import { type Saved, saveStream } from './saved.js';

/** Features that take rows as they come. Made by `streamFeatures`, and from a file by `resumeFeatures`. */
export class FeatureStream {
  /** [F] */
  readonly names: readonly string[];
  /** [N] */
  readonly assets: readonly string[];
  /** the field that is their price, `adjClose` or `close`; none where they need none */
  readonly price: string | undefined;
  readonly source: string;
  readonly #features: readonly Feature[];
  readonly #needs: ReadonlySet<string>;
  readonly #machine: Machine;
  /** of each series, the last value that was known */
  readonly #known: Map<string, number>;
  #date: string | undefined;

  /** @param saved what it remembers; nothing unless told */
  constructor(features: readonly Feature[], { assets, fields, source }: Pick<Frame, 'assets' | 'fields' | 'source'>, saved?: Saved) {
    this.names = features.map(({ name }) => name);
    this.assets = assets;
    this.price = priceIn(fields);
    this.source = source;
    this.#features = features;
    this.#needs = new Set(features.flatMap(needsOf));
    this.#known = new Map(saved?.known);
    this.#date = saved?.date;
    this.#machine = new Machine(
      features.map(({ expression }) => expression),
      assets.length,
      saved?.states,
    );
  }

  /** The last date that it has seen; none before the first. */
  get date(): string | undefined {
    return this.#date;
  }

  /**
   * Takes the rows that follow, one or more, and returns the features of their dates.
   *
   * A series of which they hold no value keeps the last one that was known.
   *
   * @throws when a row does not come after the last one, an asset is another, a field that is needed is absent, and at a price that is not
   *         positive or a negative volume; nothing is taken then
   */
  push(rows: Frame | Panel): FeatureFrame {
    const frame = 'fields' in rows ? rows : frameOf(rows);
    this.#check(frame);
    const { dates, assets, listed } = frame;
    const N = assets.length;
    const series = new Map(this.#seriesNeeded().map((name) => [name, this.#lastKnown(frame, name)]));
    const days = dates.map((date) => toDay(date.slice(0, 10)));
    const fill = (source: Source, start: number, out: Float64Array): void => {
      if (source.kind === 'day' || source.kind === 'series') {
        const values = source.kind === 'day' ? days : series.get(source.name)!;
        for (let i = 0, t = start; i < out.length; i += N, t++) out.fill(values[t], i, i + N);
      } else if (source.kind === 'listed') {
        for (let i = 0; i < out.length; i++) out[i] = listed ? listed[start * N + i] : 1;
      } else {
        const values = frame.fields[source.kind === 'price' ? this.price! : source.name];
        for (let i = 0, from = start * N; i < out.length; i++, from++)
          out[i] = Number.isFinite(values[from]) && (!listed || listed[from] === 1) ? values[from] : Number.NaN;
      }
    };
    const columns = this.names.map(() => new Float64Array(dates.length * N));
    this.#machine.push(dates.length, fill, columns);
    if (listed) for (const column of columns) for (let i = 0; i < listed.length; i++) if (listed[i] === 0) column[i] = Number.NaN;
    this.#date = dates.at(-1) ?? this.#date;
    for (const [name, values] of series) if (values.length > 0) this.#known.set(name, values.at(-1)!);
    return featureFrame(frame, this.names, columns);
  }

  /**
   * Writes what it remembers to a safetensors file, whole or not at all: `join(dataRoot(), 'features.safetensors')`.
   *
   * @throws when the file cannot be written
   */
  save(file: string): void {
    const { names, assets, price, source } = this;
    saveStream(file, { names, assets, price, source, date: this.#date, known: [...this.#known], states: this.#machine.states() });
  }

  #seriesNeeded(): string[] {
    return [...this.#needs].flatMap((need) => (need.startsWith('series ') ? [need.slice('series '.length)] : []));
  }

  /** A series on the dates; what is missing there is as it was known before. */
  #lastKnown({ series, dates }: Frame, name: string): Float64Array {
    const held = series[name];
    const known = held ? asKnown(held, dates) : new Float64Array(dates.length).fill(Number.NaN);
    let last = this.#known.get(name) ?? Number.NaN;
    for (let t = 0; t < known.length; t++) {
      if (Number.isNaN(known[t])) known[t] = last;
      last = known[t];
    }
    return known;
  }

  #check(frame: Frame): void {
    checkFrame(frame);
    const { dates, assets, fields, series, source } = frame;
    if (assets.length !== this.assets.length || assets.some((asset, n) => asset !== this.assets[n]))
      throw new Error(
        `the features of ${this.source} are of ${this.assets.length} assets from ${this.assets[0]}: got ${assets.length} from ${assets[0]}; ` +
          'push rows of the same assets in the same order',
      );
    if (this.#date !== undefined && dates.length > 0 && !(dates[0] > this.#date))
      throw new Error(`the features of ${this.source} have seen ${this.#date}: got ${dates[0]}; push only the rows that follow`);
    const held = { fields, series: { ...Object.fromEntries(this.#known), ...series } as Frame['series'] };
    if (lackedBy([...this.#needs], held).length > 0) {
      const feature = this.#features.find((one) => lackedBy(needsOf(one), held).length > 0)!;
      throw new Error(
        `${feature.name} needs ${lackedBy(needsOf(feature), held).join(', ')}: these rows of ${source} have ${Object.keys(fields).join(', ')} only`,
      );
    }
    if (this.#needs.has('price') && !(this.price! in fields))
      throw new Error(`the price of these features is ${this.price}: these rows of ${source} have ${Object.keys(fields).join(', ')} only`);
    for (const need of this.#needs) {
      const name = need === 'price' ? this.price! : need;
      const values = fields[name];
      if (!values || !(name in LEAST)) continue;
      for (let i = 0; i < values.length; i++)
        if (values[i] < LEAST[name]) refuse(name, values[i], dates[Math.floor(i / assets.length)], assets[i % assets.length], source);
    }
  }
}

/** A price is positive, a volume may be 0. */
const LEAST: Readonly<Record<string, number>> = {
  ...Object.fromEntries(PRICE_FIELDS.map((name) => [name, Number.MIN_VALUE])),
  volume: 0,
};

function refuse(name: string, value: number, date: string, asset: string, source: string): never {
  const wanted = name === 'volume' ? 'a volume is 0 or more' : 'features of prices need positive ones';
  throw new Error(
    `${source}: ${name} of '${asset}' is ${value} on ${date}, and ${wanted}; set it to NaN if it is an error, or select dates and assets without it`,
  );
}
