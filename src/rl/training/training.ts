import type { World } from '../environments/world.js';
import type { Episode } from './episodes.js';

/** A training that can be left and taken up: what it goes on to after `restore` is bit for bit what it would have been. */
export interface Training<P> {
  /** What is played. */
  readonly world: World;
  /** Actions done, in all copies. */
  readonly step: number;
  /** The episodes that ended, in their order. */
  readonly episodes: readonly Episode[];
  /** Goes on until so many actions are done, or all of its `steps`; the last update may end some later. */
  advance(step?: number): Promise<void>;
  /** Copies of the parameters as they are: for a policy to serve, or to evaluate. */
  params(): P;
  /** Those of their running mean. */
  average(): P;
  /** Writes all that it needs to go on: parameters, moments, environments, and a replay where it has one. */
  save(file: string): void;
  /**
   * Goes on from a file, or from the start where there is none yet.
   *
   * Another training is one with another world's name or another choice of anything, `steps` too, since rates change along them: choose as
   * many as are wanted in the end, and `advance` by parts.
   *
   * @throws when the file is damaged or of another training, and which choice differs
   */
  restore(file: string): void;
  /** Frees what the runtime holds. */
  release(): void;
}
