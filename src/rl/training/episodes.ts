import type { Step } from '../environments/environments.js';

/** An episode that has ended. */
export interface Episode {
  /** Actions done in all copies when it ended. */
  readonly step: number;
  /** Σ r, undiscounted. */
  readonly earned: number;
  /** How many actions it had. */
  readonly length: number;
}

/** What the episodes of N copies earn. */
export function episodeLog(N: number) {
  const [sums, lengths] = [new Float64Array(N), new Int32Array(N)];
  const ended: Episode[] = [];
  return {
    ended: ended as readonly Episode[],
    /** Adds a step of all copies, after which `step` actions were done. */
    add({ reward, terminated, truncated }: Step, step: number): void {
      for (let n = 0; n < N; n++) {
        sums[n] += reward.data[n];
        lengths[n]++;
        if (!terminated.data[n] && !truncated.data[n]) continue;
        ended.push({ step, earned: sums[n], length: lengths[n] });
        [sums[n], lengths[n]] = [0, 0];
      }
    },
    /** Forgets episodes that were left before their end. */
    leave(): void {
      sums.fill(0);
      lengths.fill(0);
    },
    save: () => ({
      sums: sums.slice(),
      lengths: lengths.slice(),
      ended: Float64Array.from(ended.flatMap(({ step, earned, length }) => [step, earned, length])),
    }),
    restore(saved: Readonly<Record<string, ArrayLike<number>>>): void {
      sums.set(saved.sums);
      lengths.set(saved.lengths);
      ended.length = 0;
      for (let i = 0; i < saved.ended.length; i += 3)
        ended.push({ step: saved.ended[i], earned: saved.ended[i + 1], length: saved.ended[i + 2] });
    },
  };
}
