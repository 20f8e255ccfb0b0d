import { checkOptions } from '../../base/internal.js';
import { toDay } from '../panel/dates.js';
import { loadPanel, panelOfDataset } from '../panel/load.js';
import { type Selection, select } from '../panel/panel.js';
import type { KnownAt } from '../panel/publication.js';
import { loadDataset } from '../store/store.js';
import { type Frame, fieldOf, frameOf, type Series, selectFrame } from './frame.js';
import { seriesFrom } from './join.js';
import { type FrameJoin, joinFrames } from './join-frames.js';
import { listedByValues } from './listing.js';

/** A dataset of what belongs to no asset, and when its rows were known, where its dates do not say so. */
export interface SeriesChoice {
  /** `csv/cpi` */
  readonly name: string;
  /** the columns to take; all unless told */
  readonly assets?: readonly string[];
  /** when a row was known, by its date: `knownAfter('month', 15)`; at its date unless told */
  readonly knownAt?: KnownAt;
}

/** What to take of datasets, and what to put beside their assets. */
export interface FrameSelection extends Selection, FrameJoin {
  /** datasets of what belongs to no asset, as VIX, yields and factors; each of their columns is a series of its name */
  readonly series?: readonly (string | SeriesChoice)[];
}

/**
 * One dataset of the store or several as a frame: their assets side by side, on the same dates.
 *
 *     await loadFrame(['yahoo/AAPL', 'yahoo/MSFT'], { from: '2010-01-01', series: ['arch/vix', { name: 'csv/cpi', knownAt: knownAfter('month', 15) }] })
 *
 * Bars give their fields to one asset, prices one field to each of theirs. Datasets meet as `joinFrames` has it, and an asset whose values begin late or
 * end early is `listed` between, also in one dataset. A series is known at its own dates
 * unless told; its missing values are passed over, and its whole history is kept, since what was known before `from` is known still.
 *
 * @throws when a dataset is not in the store, one lacks a field that is asked for, a series comes twice or ends long before the frame, and
 *         as `joinFrames`
 */
export async function loadFrame(names: string | readonly string[], selection: FrameSelection = {}): Promise<Frame> {
  checkOptions('loadFrame', selection, ['fields', 'series', 'join', 'from', 'to', 'assets']);
  const { fields, series = [], join, assets, ...range } = selection;
  const wanted = typeof names === 'string' ? [names] : names;
  if (wanted.length === 0) throw new Error("loadFrame needs the name of a dataset or more, as in loadFrame('arch/sp500'): got none");
  const frames = await Promise.all(wanted.map((name) => frameOfDataset(name, range)));
  const together = frames.length === 1 ? frames[0] : joinFrames(frames, { fields, join });
  const taken = frameOf(
    (fields ?? Object.keys(together.fields)).map((field) => fieldOf(together, field)),
    { series: await loadSeries(series), source: together.source, listed: listedByValues(together) },
  );
  refuseStale(taken);
  return assets ? selectFrame(taken, { assets }) : taken;
}

async function frameOfDataset(name: string, range: Selection): Promise<Frame> {
  const { table, provenance } = await loadDataset(name);
  if (provenance.kind === 'series')
    throw new Error(
      `loadFrame: ${name} is a series (${provenance.columns.join(', ')}), which belongs to no asset; pass it beside them: series: ['${name}']`,
    );
  const fields = provenance.kind === 'bars' ? provenance.columns : [provenance.field];
  return frameOf(fields.map((field) => select(panelOfDataset({ table, provenance }, field), range)));
}

async function loadSeries(choices: readonly (string | SeriesChoice)[]): Promise<Record<string, Series>> {
  const all: Record<string, Series> = {};
  for (const choice of choices) {
    const { name, assets, knownAt } = typeof choice === 'string' ? ({ name: choice } as SeriesChoice) : choice;
    const panel = await loadPanel(name, assets ? { assets } : {});
    for (const [column, series] of Object.entries(seriesFrom('loadFrame', knownAt ? { panel, knownAt } : panel))) {
      if (column in all)
        throw new Error(`loadFrame: two series are called ${column}, one of them in ${name}; take it from one, with assets of the other`);
      all[column] = series;
    }
  }
  return all;
}

/** Days after which the last value of a series no longer stands for the present: a quarter and its delay. */
const STALE = 100;

function refuseStale({ dates, series, source }: Frame): void {
  const end = dates.at(-1)!;
  for (const [name, { knownAt }] of Object.entries(series)) {
    const last = knownAt.at(-1);
    if (last === undefined) throw new Error(`loadFrame: series ${name} has no value; leave it out`);
    const days = toDay(end) - toDay(last);
    if (days > STALE)
      throw new Error(
        `loadFrame: series ${name} ends on ${last} and ${source} on ${end}, so its last value would stand for ${days} days; select to: '${last}', or leave it out`,
      );
  }
}
