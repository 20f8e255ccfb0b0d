import { type HostArray, sizeOf } from '../../base/index.js';
import { publicationTime } from '../news/times.js';

/** Sentences as vectors, whose angles say how near they are in meaning. */
export interface SentenceEncoder {
  /** What it is, with its version. */
  readonly name: string;
  /** D */
  readonly width: number;
  /**
   * A day, `YYYY-MM-DD`, at whose end all was written that the encoder was trained on. It knows what happened up to then: what is measured
   * on earlier texts is no forecast. See `splitByPretraining`.
   */
  readonly pretrainedUntil: string;
  /** What it is not good for. */
  readonly limits: readonly string[];
  /** [N, D] of N texts; zeros for a text without a token. */
  encode(texts: readonly string[]): Promise<HostArray<Float32Array>>;
}

/** Places in a list of dates. */
export interface PretrainingSplit {
  /** Up to the encoder's date, this day included: it may have read what came of it. */
  readonly before: Int32Array;
  /** Later: the only ones on which a score is one of forecasts. */
  readonly after: Int32Array;
}

/**
 * Which of some dated texts an encoder may have known the sequel of. Scores of both parts are shown apart.
 *
 *     const { before, after } = splitByPretraining(items.map(({ published }) => published), encoder);
 *
 * @param dates    days `YYYY-MM-DD`, or times, which count by their day in UTC; one without a zone is in UTC
 * @param encoder  an encoder, or whatever else states `pretrainedUntil`
 * @throws         when a date is none
 */
export function splitByPretraining(
  dates: readonly string[],
  { pretrainedUntil }: Pick<SentenceEncoder, 'pretrainedUntil'>,
): PretrainingSplit {
  checkDay('splitByPretraining', 'pretrainedUntil', pretrainedUntil);
  const known = dates.map((date, at) => {
    const where = `splitByPretraining: date ${at}`;
    const timed = typeof date === 'string' && date.length > 10;
    const day = timed ? publicationTime(where, date, { timeZone: 'UTC', now: Infinity }).slice(0, 10) : date;
    checkDay('splitByPretraining', `date ${at}`, day);
    return day <= pretrainedUntil;
  });
  const where = (wanted: boolean) => Int32Array.from([...known.keys()].filter((at) => known[at] === wanted));
  return { before: where(true), after: where(false) };
}

/** @throws when it is no day of the calendar, as 2024-02-30 */
export function checkDay(who: string, name: string, day: string): void {
  const time = Date.parse(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day)
    throw new Error(`${who}: ${name} must be a day as 2024-07-12, got '${day}'`);
}

/**
 * Cosines of the angles between the rows of two matrices.
 *
 *     s[i, j] = aᵢ · bⱼ / (|aᵢ| |bⱼ|)        0 where a row is zeros, as of an empty text
 *
 * @param a  [N, D] of `encode`
 * @param b  [M, D]; a itself when left out
 * @returns  [N, M]
 * @throws   when the widths differ, or either holds other than so many numbers
 */
export function cosineSimilarity(a: HostArray, b: HostArray = a): HostArray<Float64Array> {
  const [[N, D], [M, E]] = [a.shape, b.shape];
  if (a.shape.length !== 2 || b.shape.length !== 2 || D !== E)
    throw new Error(`cosineSimilarity takes a [N, D] and b [M, D] of one width: got a [${a.shape}], b [${b.shape}]`);
  for (const [name, { data, shape }] of Object.entries({ a, b }))
    if (data.length !== sizeOf(shape))
      throw new Error(`cosineSimilarity: ${name} is declared [${shape}] but holds ${data.length} values; was it cut, or a width wrong?`);
  const dot = (x: HostArray, i: number, y: HostArray, j: number) => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += x.data[i * D + d] * y.data[j * D + d];
    return sum;
  };
  const [left, right] = [a, b].map((x) => Float64Array.from({ length: x.shape[0] }, (_, i) => Math.sqrt(dot(x, i, x, i))));
  const data = Float64Array.from({ length: N * M }, (_, at) => {
    const [i, j] = [Math.floor(at / M), at % M];
    const size = left[i] * right[j];
    return size === 0 ? 0 : dot(a, i, b, j) / size;
  });
  return { data, shape: [N, M] };
}
