/** The bounds of a number: those left out do not bind. */
export interface Bounds {
  /** The least that is allowed. */
  readonly from?: number;
  /** The number must be greater than this. */
  readonly above?: number;
  /** The most that is allowed. */
  readonly to?: number;
  /** The number must be less than this. */
  readonly below?: number;
}

/**
 * An argument that counts: `pgd: steps must be a whole number from 1 up, got 2.5`.
 *
 * @param who   the function that was called
 * @param hint  the likely cause or the fix, when there is more to say than the bounds
 * @throws      when the value is no whole number within the bounds, from 1 up when left out
 */
export function checkWhole(who: string, name: string, value: number, bounds: Bounds = { from: 1 }, hint?: string): void {
  if (!(Number.isSafeInteger(value) && isWithin(value, bounds))) refuse(who, name, value, 'whole', bounds, hint);
}

/**
 * An argument that measures: `adam: beta2 must be a finite number from 0 up, below 1, got 1`.
 *
 * @param who   the function that was called
 * @param hint  the likely cause or the fix, when there is more to say than the bounds
 * @throws      when the value is not finite or outside the bounds
 */
export function checkNumber(who: string, name: string, value: number, bounds: Bounds, hint?: string): void {
  if (!(Number.isFinite(value) && isWithin(value, bounds))) refuse(who, name, value, 'finite', bounds, hint);
}

/**
 * Options by name: `adam: there is no option 'lerningRate'; it takes learningRate, beta1, beta2 (did you mean learningRate?)`.
 *
 * Types hold literal options already; this is for JavaScript, for spread objects and for `as any`, where a misspelt name would do nothing.
 *
 * @param who      the function that was called
 * @param options  as it was given; undefined is none
 * @param allowed  every name that it may have
 * @throws         when it is no plain object, or has another name; one whose value is undefined is left out
 */
export function checkOptions<T extends object>(who: string, options: T | undefined, allowed: readonly (keyof T & string)[]): void {
  if (options === undefined) return;
  const kind = Array.isArray(options) ? 'an array' : plainly(options);
  if (kind) throw new Error(`${who}: options must be an object such as { ${allowed[0]} }, got ${kind}`);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || (allowed as readonly string[]).includes(name)) continue;
    throw new Error(`${who}: there is no option '${name}'; it takes ${allowed.join(', ')}${meant(name, allowed)}`);
  }
}

/** What is no plain object, in words: a tensor where `{ weights }` was meant. By name, since a notebook's objects are of another realm. */
function plainly(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null) return String(options);
  const { name } = options.constructor ?? Object;
  return name === 'Object' ? undefined : `a ${name}`;
}

/**
 * A random stream: `ppo: key must be a random stream, as key(1), got 1`.
 *
 * Types hold it already; this is for JavaScript and for files that run without a check of their types, where a bare number would be taken for one.
 *
 * @param who  the function that was called
 * @throws     when it is no pair of whole numbers
 */
export function checkKey(who: string, key: unknown): void {
  if (Array.isArray(key) && key.length === 2 && key.every(Number.isInteger)) return;
  throw new Error(`${who}: key must be a random stream, as key(1), got ${key === undefined ? 'none' : JSON.stringify(key)}`);
}

/**
 * An argument that names one of a few things: `compile: runtime must be openvino or onnxruntime, got 'openvimo' (did you mean openvino?)`.
 *
 * @param who   the function that was called
 * @param hint  the likely cause or the fix
 * @throws      when the value is none of them; undefined is none
 */
export function checkOneOf(who: string, name: string, value: unknown, allowed: readonly string[], hint?: string): void {
  if (allowed.includes(value as string)) return;
  const list = allowed.length > 1 ? `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}` : allowed[0];
  const got = typeof value === 'string' ? `'${value}'${meant(value, allowed)}` : String(value);
  throw new Error(`${who}: ${name} must be ${list}, got ${got}${hint ? `; ${hint}` : ''}`);
}

/** The allowed name that is a third or less of its letters away, in words. */
function meant(name: string, allowed: readonly string[]): string {
  const distances = allowed.map((other) => edits(name.toLowerCase(), other.toLowerCase()) / other.length);
  const least = Math.min(...distances);
  return least <= 1 / 3 ? ` (did you mean ${allowed[distances.indexOf(least)]}?)` : '';
}

/** How many letters are put in, left out or replaced from one word to the other (Levenshtein 1966). */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length];
}

const isWithin = (value: number, { from = -Infinity, above = -Infinity, to = Infinity, below = Infinity }: Bounds): boolean =>
  value >= from && value > above && value <= to && value < below;

function refuse(who: string, name: string, value: number, kind: string, { from, above, to, below }: Bounds, hint?: string): never {
  const least = from !== undefined ? ` from ${from}${to === undefined ? ' up' : ''}` : above !== undefined ? ` above ${above}` : '';
  const most =
    to !== undefined ? `${above === undefined ? '' : ', up'} to ${to}` : below !== undefined ? `${least && ','} below ${below}` : '';
  throw new Error(`${who}: ${name} must be a ${kind} number${least}${most}, got ${value}${hint ? `; ${hint}` : ''}`);
}
