import { join } from 'node:path';
import { checkOptions, resultsFolder, sha256 } from '../../base/internal.js';
import { checkReturns, type Returns } from '../metrics/returns.js';
import { momentsOf, type SharpeMoments, varies } from '../metrics/sharpe.js';
import { appendToLog, canonical, type Json, readEntries } from './log.js';
import { refuseVault } from './vault.js';

/** One configuration that was evaluated, as the log of its experiment has it. */
export interface Trial {
  /** The first 16 digits of the SHA-256 of its configuration. */
  readonly id: string;
  /** What distinguishes it: model, features, seed, costs. */
  readonly config: Json;
  /** The dates whose outcomes were seen, or `simulated`. */
  readonly selection: { readonly from: string; readonly to: string } | 'simulated';
  /** What it was judged by, by name. */
  readonly scores?: Readonly<Record<string, number>>;
  /** Of its returns, per period; left out where they do not vary, as of one that never held anything. */
  readonly sharpe?: SharpeMoments;
  /** Sums of its returns over at most 256 blocks of equal length, to five digits: what its correlation with other trials is taken of. */
  readonly sketch?: readonly number[];
}

/** What an evaluation saw and found. */
export interface Evaluation {
  /** The dates whose outcomes were seen; those of `returns` unless told, and `simulated` where there are none. */
  readonly selection?: Trial['selection'];
  /** What it was judged by, by name: `{ qlike: 0.31 }`. */
  readonly scores?: Readonly<Record<string, number>>;
  /** Simple returns on the selection dates: without them the trial counts, and is like no other. */
  readonly returns?: Returns;
}

/**
 * Records that a configuration was evaluated: one line in `results/trials/<experiment>.jsonl`, which is committed.
 *
 *     await record('week04-lstm', { width: 32, seed: 3 }, { returns: run.returns })
 *
 * Call it where a configuration is evaluated, whatever came out: a trial that is left out makes every later probability too high. Nothing is
 * ever taken out. Evaluated again with the same outcome it is one trial; with another outcome it is one more, since more was seen.
 * Several processes may record at once; one that is killed loses its own line at most.
 *
 * @param experiment  lower-case letters, digits and dashes
 * @returns           the trial as it stands in the log
 * @throws            when neither selection nor dates of returns are given, they reach into the vault (`VAULT`), or the configuration is no JSON
 */
export async function record(experiment: string, config: Json, evaluation: Evaluation): Promise<Trial> {
  checkOptions('record', evaluation, ['selection', 'scores', 'returns']);
  const trial = trialOf(experiment, config, evaluation);
  const line = canonical(trial);
  await appendToLog<Trial>(fileOf(experiment), (trials) => (trials.some((one) => canonical(one) === line) ? undefined : trial));
  return JSON.parse(line) as Trial;
}

/**
 * The trials of an experiment in the order in which they were recorded; none when it has no log.
 *
 * @throws when a line of the log is no JSON, naming it
 */
export const trialsOf = (experiment: string): Trial[] => readEntries<Trial>(fileOf(experiment));

function trialOf(experiment: string, config: Json, { selection, scores, returns }: Evaluation): Trial {
  const checked = returns && checkReturns(`record('${experiment}')`, returns);
  const dates = checked?.dates;
  const seen = selection ?? (dates && { from: dates[0], to: dates[dates.length - 1] });
  if (!seen)
    throw new Error(
      `record('${experiment}'): which dates were seen is not known; give selection { from, to }, returns with their dates, or selection 'simulated'`,
    );
  if (seen !== 'simulated') refuseVault(`record('${experiment}')`, seen.to);
  if (seen !== 'simulated' && dates) refuseVault(`record('${experiment}')`, dates[dates.length - 1]);
  return {
    id: sha256(canonical(config)).slice(0, 16),
    config,
    selection: seen,
    ...(scores && { scores }),
    ...(checked && varies(checked.x) && { sharpe: momentsOf(`record('${experiment}')`, checked.x) }),
    ...(checked && { sketch: sketchOf(checked.x) }),
  };
}

const BLOCKS = 256;

function sketchOf(x: Float64Array): number[] {
  const length = Math.ceil(x.length / BLOCKS);
  return Array.from({ length: Math.ceil(x.length / length) }, (_, b) =>
    Number(
      x
        .subarray(b * length, (b + 1) * length)
        .reduce((a, r) => a + r, 0)
        .toPrecision(5),
    ),
  );
}

function fileOf(experiment: string): string {
  if (!/^[a-z0-9-]+$/.test(experiment))
    throw new Error(`record: an experiment has lower-case letters, digits and dashes, got '${experiment}'`);
  return join(resultsFolder(), 'trials', `${experiment}.jsonl`);
}
