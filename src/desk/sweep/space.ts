import { type Key, uniform } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';

/** A number from `low` on, of `type` `float` or whole (`int`): in equal parts of the range, or of its logarithm. */
export interface NumberRange {
  readonly type: 'float' | 'int';
  readonly low: number;
  /** itself included */
  readonly high: number;
  /** whether a step from 1 to 10 is as long as one from 10 to 100 */
  readonly log?: boolean;
}

/** Of `type` `choice`: one of some values. */
export interface Choice {
  readonly type: 'choice';
  readonly of: readonly (string | number | boolean)[];
}

/** What may be tried, by the parameter's name. */
export type SearchSpace = Readonly<Record<string, NumberRange | Choice>>;
/** What is tried. */
export type Params = Readonly<Record<string, string | number | boolean>>;

/** Refuses a space that is none. */
export function checkSpace(space: SearchSpace): void {
  if (typeof space !== 'object' || space === null || Object.keys(space).length === 0)
    throw new Error('sweep: the space has no parameter; give one, such as { rate: { type: "float", low: 1e-4, high: 1e-1, log: true } }');
  for (const [name, range] of Object.entries(space)) {
    const who = `sweep: space.${name}`;
    if (range.type === 'choice') {
      checkOptions(who, range, ['type', 'of']);
      if (
        !(range.of?.length > 0) ||
        new Set(range.of).size < range.of.length ||
        range.of.some((one) => !['string', 'number', 'boolean'].includes(typeof one))
      )
        throw new Error(`${who}: of must list values, each once; got ${JSON.stringify(range.of)}`);
    } else if (range.type === 'float' || range.type === 'int') {
      checkOptions(who, range, ['type', 'low', 'high', 'log']);
      const check = range.type === 'int' ? checkWhole : checkNumber;
      check(who, 'low', range.low, range.log ? { above: 0 } : { from: -Number.MAX_SAFE_INTEGER });
      check(who, 'high', range.high, { from: range.low });
    } else throw new Error(`${who}: type is '${(range as { type: string }).type}'; it must be 'float', 'int' or 'choice'`);
  }
}

/** The edges between which a range is drawn evenly: of a whole number half a step beyond its ends, of a logarithmic one in logarithms. */
export function edgesOf({ type, low, high, log }: NumberRange): [low: number, high: number] {
  const half = type === 'int' ? 0.5 : 0;
  const [from, to] = [low - half, high + half];
  return log ? [Math.log(from), Math.log(to)] : [from, to];
}

/** The number at a place between the edges. */
export function numberAt({ type, low, high, log }: NumberRange, place: number): number {
  const x = log ? Math.exp(place) : place;
  return Math.min(Math.max(type === 'int' ? Math.round(x) : x, low), high);
}

/** Where a number lies between the edges. */
export const placeOf = ({ log }: NumberRange, x: number): number => (log ? Math.log(x) : x);

/** Each parameter drawn evenly. */
export function drawEvenly(k: Key, space: SearchSpace): Params {
  const names = Object.keys(space);
  const { data: u } = uniform(k, [names.length], 'float64');
  return Object.fromEntries(
    names.map((name, i) => {
      const range = space[name];
      if (range.type === 'choice') return [name, range.of[Math.floor(u[i] * range.of.length)]];
      const [from, to] = edgesOf(range);
      return [name, numberAt(range, from + u[i] * (to - from))];
    }),
  );
}
