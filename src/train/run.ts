import type * as tf from '@tensorflow/tfjs';
import type { HostData } from '../base/index.js';
import { checkOptions } from '../base/internal.js';
import type { Part } from '../optim/index.js';
import type { ParameterVector } from '../optim/internal.js';
import { DeviceTensor, flatten, type Input, map, type Tree } from '../tensor/index.js';
import { fromLeaf, type HostInput } from '../tensor/internal.js';

/** The state and the history of one training. `fit` moves it in place, so that it can be looked at and continued at any time. */
export interface Run<S> {
  state: S;
  /** Steps done. */
  step: number;
  /** The loss before each step done. */
  losses: number[];
  /** The validations done, in the order of their steps. */
  validations: Validated[];
  /** Where the validation loss was lowest, with a copy of the state. */
  best?: Validated & { readonly state: S };
  /** The validation of the state that `fit` ended with, where none was due, and the best before it; taken back when the run goes on. */
  last?: Validated & { readonly before?: Run<S>['best'] };
  /** Time spent in `fit`, interruptions left out. */
  seconds: number;
  /** What the run is: its name, seed and configuration. */
  readonly about: About;
  /** The vectors of parameters in the state, one for each optimiser, so that messages and files can name a parameter. */
  readonly vectors: readonly Vector[];
}

/** A vector of parameters: where it lies in the state, and what it is made of: `critic.parameters`, of `critic.params.w` and others. */
export interface Vector {
  readonly path: string;
  readonly parts: readonly Part[];
}

/** A validation loss. */
export interface Validated {
  /** Steps done before it. */
  readonly step: number;
  readonly loss: number;
}

/** What a run is, for its checkpoints and its log. A checkpoint is refused by a run about which anything else is said. */
export interface About {
  /** What the log and its readers call it. */
  readonly name?: string;
  /** Of the key that everything random comes from. */
  readonly seed?: number;
  /** Everything that was chosen: widths, rates, dates. Plain JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Hash of the data, as `listDatasets()` of `lemmata/market` or `fingerprint` gives it. */
  readonly data?: string;
  /** Hash of the code; in a notebook that `npm run notebooks` executes, that of its provenance. */
  readonly code?: string;
}

/** A state with its typed arrays as tensors that live with the runtime, as a compiled step returns them. */
export type Ready<S> = S extends DeviceTensor | tf.Tensor | number
  ? S
  : S extends HostInput | HostData
    ? DeviceTensor
    : S extends object
      ? { [K in keyof S]: Ready<S[K]> }
      : S;

/**
 * A run before its first step.
 *
 *     const training = run(optimizer.init(params), { name: 'lstm', seed: 7, config });
 *
 * @param state  what the step takes and returns: an optimiser's state, or any tree of tensors, typed arrays and numbers; a Float64Array
 *               becomes float32, as a compiled step computes, and a number stays a double until a step makes a tensor of it
 */
export function run<S>(state: S, about: About = {}): Run<Ready<S>> {
  checkOptions('run', about, ['name', 'seed', 'config', 'data', 'code']);
  const { leaves, paths } = flatten<Partial<ParameterVector>>(state as Tree<Partial<ParameterVector>>);
  const ready = map(state, (leaf, path) => (isArray(leaf) ? fromLeaf(leaf as Input, path) : leaf)) as Ready<S>;
  const vectors = leaves.flatMap((leaf, i) => (leaf?.parts && /(^|\.)parameters$/.test(paths[i]) ? [vector(paths[i], leaf.parts)] : []));
  const code = about.code ?? process.env.LEMMATA_CODE;
  return { state: ready, step: 0, losses: [], validations: [], seconds: 0, about: code ? { ...about, code } : about, vectors };
}

const vector = (path: string, parts: readonly Part[]): Vector => {
  const optimizer = path.slice(0, -'parameters'.length);
  return { path, parts: parts.map((part) => ({ ...part, path: optimizer + part.path })) };
};

const isArray = (leaf: unknown): boolean =>
  ArrayBuffer.isView(leaf) || (!(leaf instanceof DeviceTensor) && ArrayBuffer.isView((leaf as Partial<ParameterVector>)?.data));
