import { type Matrix, mean } from '../../linalg/index.js';
import { checkSize } from '../../linalg/internal.js';

/** Losses of several forecasts of the same outcomes, one row a date: what every comparison of more than two forecasts takes. */
export interface Losses {
  /** [T] ascending, each once */
  readonly dates: readonly string[];
  /** [M] names, each once */
  readonly models: readonly string[];
  /** [T, M] row-major, less is better: squared errors, QLIKE, CRPS, log scores */
  readonly values: Float64Array;
}

/** Losses averaged over assets, with how many assets stand behind each row. */
export interface AveragedLosses extends Losses {
  /** [T] assets in the average of each date */
  readonly counts: Int32Array;
}

/**
 * Losses of a panel averaged over its assets, date by date, so that a test's error comes from the variation between dates.
 *
 *     averageByDate({ dates, models: { har: qlikeOfHar, lstm: qlikeOfLstm } })        each [T, N]
 *
 * Assets move together: N·T losses taken for as many independent ones make differences of chance look significant. An asset that any model lacks on a
 * date (NaN) is left out there for all models, or they would be compared on different outcomes; a date with none left is dropped.
 *
 * @param dates   [T]
 * @param models  by name, each [T, N] row-major, NaN where there is no forecast or no outcome
 * @returns       [T', M] and the assets of each date
 * @throws        when there is no model, dates do not ascend, lengths differ or are no multiple of theirs, a loss is infinite, or no date is left
 */
export function averageByDate({
  dates,
  models,
}: {
  readonly dates: readonly string[];
  readonly models: Readonly<Record<string, ArrayLike<number>>>;
}): AveragedLosses {
  const names = Object.keys(models);
  const panels = Object.values(models);
  if (names.length === 0 || dates.length === 0)
    throw new Error(`averageByDate: needs models and dates, got ${names.length} and ${dates.length}; pass { model: losses }`);
  checkAscending('averageByDate', dates);
  const assets = panels[0].length / dates.length;
  const sizes = names.map((name, m) => `${name} ${panels[m].length}`).join(', ');
  if (!Number.isInteger(assets) || assets === 0 || panels.some(({ length }) => length !== panels[0].length))
    throw new Error(
      `averageByDate: each model needs a loss for every asset on every one of the ${dates.length} dates: got ${sizes}; keep a place for one that is missing`,
    );
  const kept: { date: string; count: number; row: number[] }[] = [];
  for (const [t, date] of dates.entries()) {
    const row = names.map(() => 0);
    let count = 0;
    for (let at = t * assets; at < (t + 1) * assets; at++) {
      if (panels.some((losses) => Number.isNaN(losses[at]))) continue;
      count++;
      for (const [m, losses] of panels.entries()) {
        if (!Number.isFinite(losses[at]))
          throw new Error(
            `averageByDate: the loss of '${names[m]}' on ${date} is ${losses[at]}; a forecast that gave what came no chance? mark it as missing to drop it`,
          );
        row[m] += losses[at];
      }
    }
    if (count > 0) kept.push({ date, count, row: row.map((total) => total / count) });
  }
  if (kept.length === 0)
    throw new Error('averageByDate: no date has an asset with a loss of every model; do the forecasts cover the same dates?');
  return {
    dates: kept.map(({ date }) => date),
    models: names,
    values: Float64Array.from(kept.flatMap(({ row }) => row)),
    counts: Int32Array.from(kept, ({ count }) => count),
  };
}

/**
 * The losses of one model.
 *
 * @returns [T]
 * @throws  when there is no such model, naming those that there are
 */
export function lossesOf(losses: Losses, model: string): Float64Array {
  return lossColumn('lossesOf', losses, model);
}

/**
 * What each other model gains on a benchmark: its loss less theirs, positive where the model is better. For `romanoWolf`.
 *
 * @returns [T, M − 1], named
 * @throws  when the benchmark is none of the models, or is the only one
 */
export function gainsOver(losses: Losses, benchmark: string): Matrix {
  checkLosses('gainsOver', losses);
  return gainsOn('gainsOver', losses, benchmark);
}

/** As `gainsOver`, for a caller that has checked the losses. */
export function gainsOn(caller: string, losses: Losses, benchmark: string): Matrix {
  const { dates, models, values } = losses;
  const base = lossColumn(caller, losses, benchmark);
  const others = models.flatMap((name, m) => (name === benchmark ? [] : [m]));
  const cols = others.length;
  if (cols === 0) throw new Error(`${caller}: '${benchmark}' is the only model, so there is nothing to compare with it`);
  const data = new Float64Array(dates.length * cols);
  for (let t = 0; t < dates.length; t++)
    for (let k = 0; k < cols; k++) data[t * cols + k] = base[t] - values[t * models.length + others[k]];
  return { rows: dates.length, cols, data, names: others.map((m) => models[m]) };
}

export function lossColumn(caller: string, { dates, models, values }: Losses, model: string): Float64Array {
  const m = models.indexOf(model);
  if (m < 0) throw new Error(`${caller}: there is no model '${model}'; there are ${models.join(', ')}`);
  return Float64Array.from(dates, (_, t) => values[t * models.length + m]);
}

/** Losses as they must be: rectangular, finite, at least two dates that ascend, names once. */
export function checkLosses(caller: string, { dates, models, values }: Losses): void {
  const [T, M] = [dates.length, models.length];
  if (values.length !== T * M)
    throw new Error(`${caller}: ${T} dates of ${M} models need ${T * M} losses, got ${values.length}; averageByDate builds them`);
  if (T < 2) throw new Error(`${caller}: needs losses of 2 dates or more, got ${T}; load more history`);
  checkAscending(caller, dates);
  const twice = models.find((name, m) => models.indexOf(name) !== m);
  if (twice !== undefined) throw new Error(`${caller}: two models are called '${twice}'; give each its own name`);
  const largest = new Float64Array(M);
  for (let at = 0; at < values.length; at++) {
    const [t, m] = [Math.floor(at / M), at % M];
    if (!Number.isFinite(values[at]))
      throw new Error(`${caller}: the loss of '${models[m]}' is ${values[at]} at row ${t}, ${dates[t]}; drop the date for all models`);
    largest[m] = Math.max(largest[m], Math.abs(values[at]));
  }
  for (const [m, size] of largest.entries()) checkSize(caller, `'${models[m]}'`, size);
}

/** A test's error is of a series in time order with one row a date; rows of (date, asset) would count each date as often as it has assets. */
function checkAscending(caller: string, dates: readonly string[]): void {
  const wrong = dates.findIndex((date, t) => t > 0 && !(dates[t - 1] < date));
  if (wrong >= 0)
    throw new Error(
      `${caller}: dates must ascend, each once: got ${dates[wrong]} after ${dates[wrong - 1]}; sort them, and average the assets of a date by averageByDate`,
    );
}

/** Two models whose losses differ by a constant leave nothing to judge by: each pair is looked at. */
export function checkDistinct(caller: string, { dates, models, values }: Losses): void {
  const M = models.length;
  for (let i = 0; i < M; i++)
    for (let j = 0; j < i; j++) {
      const gap = Float64Array.from(dates, (_, t) => values[t * M + i] - values[t * M + j]);
      const centre = mean(gap);
      const scale = gap.reduce((most, value, t) => Math.max(most, Math.abs(values[t * M + i]), Math.abs(value)), 0);
      if (gap.every((value) => Math.abs(value - centre) <= 1e-14 * scale))
        throw new Error(
          `${caller}: '${models[j]}' and '${models[i]}' differ by ${gap[0]} at every date, so there is no variation to judge by; drop one of the two`,
        );
    }
}
