/** Something that trains a workload, or predicts with its model: one of our runtimes, or a peer. */
export interface Contender {
  readonly framework:
    | 'lemmata'
    | 'pytorch'
    | 'jax'
    | 'tfjs'
    | 'jax-js'
    | 'gymnasium'
    | 'pandas'
    | 'polars'
    | 'statsmodels'
    | 'scikit-learn'
    | 'vectorbt';
  /** How it runs there: 'openvino', 'eager', 'compile', 'jit', 'wasm' … */
  readonly runtime: string;
  readonly threads: number;
  /** Takes n steps and returns the loss after them; of a prediction, its output. */
  train(n: number): Promise<number>;
  /** Microseconds of each step that fits into this many seconds. */
  time(seconds: number): Promise<number[]>;
  release?(): void;
}

/** A computation of the library without the engine, which returns the number that both sides must agree on. */
export const ours = (once: () => Promise<number>): Contender => ({
  framework: 'lemmata',
  runtime: 'typescript',
  threads: 1,
  train: once,
  time: (seconds) => timeSteps(once, seconds),
});

/** Microseconds of each call of `step` that fits into this many seconds, two at least. */
export async function timeSteps(step: () => Promise<unknown>, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  for (let now = performance.now(); now < end || times.length < 2; ) {
    await step();
    const after = performance.now();
    times.push(1000 * (after - now));
    now = after;
  }
  return times;
}
