import type { Panel } from './panel.js';

/**
 * Puts panels of unequal histories on the same dates.
 *
 * `inner` keeps the dates that all of them have; `outer` keeps every date and leaves NaN where a panel has no row. Nothing is
 * filled: yesterday's price is not today's, and a filled one would make a zero return and hide a gap.
 *
 * @param panels each [T_i, N_i]
 * @returns      each [T, N_i], in the order given
 * @throws       when no date is common to all
 */
export function align(panels: readonly Panel[], join: 'inner' | 'outer' = 'inner'): Panel[] {
  const dates = join === 'inner' ? commonDates(panels) : allDates(panels);
  return panels.map((panel) => onDates(panel, dates));
}

/**
 * The panel without the dates on which an asset has no value: the longest history that is complete.
 *
 * @throws when no date is left
 */
export function dropMissing(panel: Panel): Panel {
  const N = panel.assets.length;
  const dates = panel.dates.filter((_, t) => !panel.values.subarray(t * N, (t + 1) * N).some(Number.isNaN));
  if (dates.length === 0)
    throw new Error(
      `${panel.source}: every date lacks a value of some asset (${panel.dates.length} rows, ${N} assets); drop assets with short histories`,
    );
  return onDates(panel, dates);
}

/**
 * One panel of all assets side by side: [T, N₁], [T, N₂], … become [T, N₁ + N₂ + …].
 *
 * @throws when dates differ (align first), an asset occurs twice, or there is no panel
 */
export function sideBySide(panels: readonly Panel[], field: string): Panel {
  const [first, ...others] = panels;
  if (!first) throw new Error('sideBySide needs a panel or more: got none');
  const other = others.find(({ dates }) => dates.length !== first.dates.length || dates.some((date, t) => date !== first.dates[t]));
  if (other)
    throw new Error(
      `${first.source} and ${other.source} have different dates (${first.dates.length} and ${other.dates.length} rows); align them first`,
    );
  const assets = panels.flatMap((panel) => panel.assets);
  const twice = assets.find((asset, n) => assets.indexOf(asset) !== n);
  if (twice !== undefined) throw new Error(`sideBySide: asset '${twice}' occurs twice; select it from one panel only`);
  const values = new Float64Array(first.dates.length * assets.length);
  let offset = 0;
  for (const panel of panels) {
    const N = panel.assets.length;
    for (let t = 0; t < first.dates.length; t++) values.set(panel.values.subarray(t * N, (t + 1) * N), t * assets.length + offset);
    offset += N;
  }
  return { dates: first.dates, assets, values, field, source: [...new Set(panels.map((panel) => panel.source))].join(' + ') };
}

function commonDates(panels: readonly Panel[]): readonly string[] {
  const [first, ...others] = panels;
  const sets = others.map((panel) => new Set(panel.dates));
  const dates = first?.dates.filter((date) => sets.every((set) => set.has(date))) ?? [];
  if (panels.length > 0 && dates.length === 0) {
    const spans = panels.map((panel) => `${panel.source} ${panel.dates[0]} … ${panel.dates.at(-1)}`).join('; ');
    throw new Error(`align: no date is common to all panels (${spans}); choose overlapping ranges, or join 'outer'`);
  }
  return dates;
}

const allDates = (panels: readonly Panel[]): string[] => [...new Set(panels.flatMap((panel) => panel.dates))].sort();

function onDates(panel: Panel, dates: readonly string[]): Panel {
  const N = panel.assets.length;
  const rowOf = new Map(panel.dates.map((date, t) => [date, t]));
  const values = new Float64Array(dates.length * N).fill(Number.NaN);
  dates.forEach((date, t) => {
    const row = rowOf.get(date);
    if (row !== undefined) values.set(panel.values.subarray(row * N, (row + 1) * N), t * N);
  });
  return { ...panel, dates, values };
}
