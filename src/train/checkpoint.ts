import { existsSync } from 'node:fs';
import { decode, encode, replaceFile } from '../base/internal.js';
import { divided, type NamedArray, namedArrays, united, withLeaves } from './leaves.js';
import type { About, Run, Validated, Vector } from './run.js';

const VERSION = '2';

/** What a checkpoint says beside its arrays. */
interface Header {
  readonly step: number;
  readonly seconds: number;
  readonly best?: Validated;
  readonly about: About;
  readonly vectors: readonly Vector[];
}

/**
 * Writes everything that the run needs to go on: state, step, losses, validations and the best state. What was there before is
 * replaced only when all of it is on the disk, so a kill or a full disk leaves the old checkpoint.
 *
 * The file has the safetensors format: `safetensors.torch.load_file(file)['params.w']` reads the parameter w in
 * Python. Arrays keep their type, and numbers of a state are doubles.
 *
 * @throws when it cannot be written, for example on a full disk
 */
export function saveCheckpoint(file: string, { state, step, losses, validations, best, seconds, about, vectors }: Run<unknown>): void {
  const tensors: NamedArray[] = [
    ...namedArrays(state, 'state').flatMap((leaf) => divided(leaf, vectors, 'state')),
    ...(best ? namedArrays(best.state, 'best').flatMap((leaf) => divided(leaf, vectors, 'best', 'best.')) : []),
    { path: 'losses', data: Float64Array.from(losses), shape: [losses.length], dtype: 'float64' },
    { path: 'validations', data: pairs(validations), shape: [validations.length, 2], dtype: 'float64' },
  ];
  const header: Header = { step, seconds, best: best && { step: best.step, loss: best.loss }, about, vectors };
  write(file, encode(tensors, { format: 'lemmata', version: VERSION, run: JSON.stringify(header, asJson) }), step);
}

/**
 * The run that a checkpoint holds, or the fresh one when there is no file yet. What it goes on to is bitwise what an uninterrupted
 * run would have reached, as long as its batches are functions of the step. The configuration of the fresh run must be that of the file,
 * but `steps` and `epochs` in it may have grown.
 *
 *     const training = resume('build/lstm.safetensors', run(optimizer.init(params), { seed: 7, config }));
 *
 * @throws when the file is truncated or damaged, of another version of the library, of another model, or of a run with another
 *         `about`; the file stays as it is
 */
export function resume<S>(file: string, fresh: Run<S>): Run<S> {
  if (!existsSync(file)) return fresh;
  const refuse = (what: string): never => {
    throw new Error(`resume: ${file} ${what}. Delete it to start afresh, or name another file`);
  };
  try {
    return restore(file, fresh);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function restore<S>(file: string, fresh: Run<S>): Run<S> {
  const { tensors, metadata } = decode(file);
  if (metadata.format !== 'lemmata') throw new Error('is a safetensors file of another program, not a checkpoint of fit');
  if (metadata.version !== VERSION)
    throw new Error(`is of version ${metadata.version}; this version of the library reads version ${VERSION}`);
  const { step, seconds, best, about, vectors } = JSON.parse(metadata.run) as Header;
  for (const { path, parts } of fresh.vectors) {
    const there = vectors.find((vector) => vector.path === path);
    if (there) assertSameModel(parts, there.parts, 'parameter');
  }
  const state = united(tensors, vectors, 'state');
  assertSameModel(namedArrays(fresh.state, 'state'), state, 'leaf');
  assertSameAbout(fresh.about, about);
  const numbers = (name: string) => Array.from(tensors.find(({ path }) => path === name)!.data);
  const flat = numbers('validations');
  return {
    ...fresh,
    state: withLeaves(fresh.state, state),
    step,
    seconds,
    losses: numbers('losses'),
    validations: flat.flatMap((value, i) => (i % 2 === 0 ? [{ step: value, loss: flat[i + 1] }] : [])),
    ...(best && { best: { ...best, state: withLeaves(fresh.state, united(tensors, vectors, 'best', 'best.')) } }),
  };
}

function assertSameModel(here: readonly Named[], there: readonly Named[], kind: string): void {
  for (let i = 0; i < Math.max(here.length, there.length); i++)
    if (show(here[i]) !== show(there[i]))
      throw new Error(`is of another model or optimizer: ${kind} ${i + 1} is ${show(there[i])} there and ${show(here[i])} here`);
}

type Named = Pick<NamedArray, 'path' | 'shape'> & Partial<Pick<NamedArray, 'dtype'>>;

/** Numbers of a state may be of either float type: files of before had them in float32. */
const show = (part: Named | undefined): string => {
  if (!part) return 'absent';
  const type = part.shape.length > 0 && part.dtype && part.dtype !== 'float32' ? ` ${part.dtype}` : '';
  return `${part.path} [${part.shape.join(',')}]${type}`;
};

/**
 * Compares what is said about the runs, except their code: a comment or a plot may change between two parts of a run. A run may also be
 * made longer, so that `steps` and `epochs` may grow.
 */
function assertSameAbout(here: About, there: About): void {
  const flat = ({ name, seed, data, config = {} }: About): Record<string, unknown> => ({ name, seed, data, ...config });
  const [ours, theirs] = [flat(here), flat(there)];
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const [is, was] = [inOrder(ours[key]), inOrder(theirs[key])];
    if (is === was || (LENGTHS.has(key) && Number(ours[key]) > Number(theirs[key]))) continue;
    const hint = LENGTHS.has(key) ? ' (a run can be made longer, not shorter)' : '';
    throw new Error(`is of another run: ${key} was ${was} and is ${is}${hint}`);
  }
}

const LENGTHS = new Set(['steps', 'epochs']);

/** JSON of a value, whatever order its keys were written in. */
const inOrder = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : asJson(_, part),
  );

/** What JSON would make null of, or refuse, in words. */
const asJson = (_: string, part: unknown): unknown =>
  (typeof part === 'number' && !Number.isFinite(part)) || typeof part === 'bigint' ? String(part) : part;

const pairs = (validations: readonly Validated[]): Float64Array => Float64Array.from(validations.flatMap(({ step, loss }) => [step, loss]));

function write(file: string, pieces: readonly Uint8Array[], step: number): void {
  try {
    replaceFile(file, pieces);
  } catch (cause) {
    const bytes = pieces.reduce((total, { byteLength }) => total + byteLength, 0);
    const kept = existsSync(file) ? 'the one before is still there' : 'there is none yet';
    throw new Error(
      `fit: the checkpoint of step ${step} (${(bytes / 1e6).toFixed(1)} MB) could not be written to ${file}: ${(cause as Error).message}; ${kept}. ` +
        'Free some space or name another file, and call fit again: the run in memory is as it was',
      { cause },
    );
  }
}
