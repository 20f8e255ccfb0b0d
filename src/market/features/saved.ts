import { decode, encode, replaceFile, type StoredArray } from '../../base/internal.js';
import type { Feature } from './feature.js';
import type { State } from './operators/operator.js';

/** What a stream of features remembers: its assets, the last date and known values of series, and the state of each operator by its key. */
export interface Saved {
  readonly names: readonly string[];
  readonly assets: readonly string[];
  readonly price: string | undefined;
  readonly source: string;
  readonly date: string | undefined;
  readonly known: readonly (readonly [series: string, value: number])[];
  readonly states: ReadonlyMap<string, State>;
}

const VERSION = '1';

/** Writes it in place of the file before, whole or not at all. */
export function saveStream(file: string, { states, known, ...about }: Saved): void {
  const arrays = [...states].flatMap(([key, state]) => Object.entries(state).map(([name, data]) => array(`${key}.${name}`, data)));
  const series = array(
    'known',
    Float64Array.from(known, ([, value]) => value),
  ); // JSON has no NaN
  const run = JSON.stringify({ ...about, known: known.map(([name]) => name) });
  replaceFile(file, encode([...arrays, series], { format: 'lemmata features', version: VERSION, run }));
}

const array = (path: string, data: Float64Array): StoredArray => ({ path, data, shape: [data.length], dtype: 'float64' });

/**
 * Reads it back.
 *
 * @throws when the file is damaged, of another program or of another version
 */
export function loadStream(file: string): Saved {
  try {
    return parse(file);
  } catch (error) {
    throw new Error(`resumeFeatures: ${file} ${(error as Error).message}. Make it anew: streamFeatures(history, names).save(file)`, {
      cause: error,
    });
  }
}

function parse(file: string): Saved {
  const { tensors, metadata } = decode(file);
  if (metadata.format !== 'lemmata features') throw new Error('is a safetensors file of another kind, not features');
  if (metadata.version !== VERSION)
    throw new Error(`is of version ${metadata.version}; this version of the library reads version ${VERSION}`);
  const { known, ...about } = JSON.parse(metadata.run) as Omit<Saved, 'states' | 'known'> & { known: string[] };
  const states = new Map<string, Record<string, Float64Array>>();
  let values = new Float64Array();
  for (const { path, data } of tensors) {
    const dot = path.lastIndexOf('.');
    if (path === 'known') values = data as Float64Array<ArrayBuffer>;
    else states.set(path.slice(0, dot), { ...states.get(path.slice(0, dot)), [path.slice(dot + 1)]: data as Float64Array });
  }
  return { ...about, known: known.map((name, i) => [name, values[i]]), states };
}

/** Throws when a feature is not what it was when the file was written. */
export function requireSame(file: string, { names }: Saved, features: readonly Feature[]): void {
  const other = names.find((name, i) => features[i]?.name !== name);
  if (other !== undefined || names.length !== features.length)
    throw new Error(
      `resumeFeatures: ${file} holds ${names.join(', ')}: got ${features.map(({ name }) => name).join(', ')}; ask for the same in the same order`,
    );
}
