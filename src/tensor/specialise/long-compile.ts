import type { Graph } from '../graph/graph.js';

const LONG_MS = 5000;

interface Compiling {
  readonly name: string;
  readonly runtime: string;
  readonly graph: Graph;
}

/**
 * Compiles, and says what takes so long where it takes more than five seconds: meanwhile if timers go on meanwhile, else afterwards.
 *
 * @param start  when tracing began, by `performance.now()`
 */
export async function tellingOfLong<T>({ name, runtime, graph }: Compiling, start: number, compile: () => Promise<T>): Promise<T> {
  const size = `a graph of ${operatorsIn(graph).toLocaleString('en')} operators`;
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  let told = false;
  const tell = (what: string) => {
    told = true;
    console.warn(
      `${name}: ${runtime} ${what}, once for these shapes. What JavaScript repeats in a loop is written out: fewer repetitions compile faster.`,
    );
  };
  const timer = setTimeout(() => tell(`is compiling ${size}, ${seconds()} so far`), Math.max(0, start + LONG_MS - performance.now()));
  try {
    const program = await compile();
    if (!told && performance.now() - start > LONG_MS) tell(`compiled ${size} in ${seconds()}`);
    return program;
  } finally {
    clearTimeout(timer);
  }
}

/** Those of what loops repeat too. */
const operatorsIn = ({ nodes }: Graph): number => nodes.reduce((sum, { loop }) => sum + 1 + (loop ? operatorsIn(loop.body) : 0), 0);
