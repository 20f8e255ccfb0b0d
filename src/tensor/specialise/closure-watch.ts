import type { Graph } from '../graph/graph.js';
import { drawsRandom } from '../trace/randomness.js';
import { type SourceFunction, traceAt, type Variant } from './variant.js';

/** A pause between two calls after which what a function closes over is looked at again, in milliseconds. */
const PAUSE_MS = 1000;
/** How many times as long as recording the function it must be, so that looking takes no time that anyone waits for. */
const PAUSE_FACTOR = 20;
/** What recording takes for each node of the graph, before it was measured. */
const NODE_MS = 0.05;

/**
 * Warns, once, where a number that a compiled function closes over has changed since it was recorded, which the graph does not see.
 *
 * JavaScript tells no one what a function closes over. So the function is recorded again and the graphs are compared: after a pause, as
 * between two cells of a notebook, where no one waits for it. A number that changes in a loop without a pause is not seen before the first
 * call after one, and a session's never.
 */
export class ClosureWatch {
  readonly #source: SourceFunction;
  #last = Number.POSITIVE_INFINITY;
  #recording: number | undefined;
  #isOver = false;

  constructor(source: SourceFunction) {
    this.#source = source;
  }

  /** At each call, before it runs. */
  before(variant: Variant): void {
    const start = performance.now();
    if (this.#isOver || start - this.#last < PAUSE_MS) return;
    const recording = this.#recording ?? NODE_MS * variant.traced.nodes.length;
    if (start - this.#last < PAUSE_FACTOR * recording) return;
    const change = this.#changeOf(variant);
    this.#recording = performance.now() - start;
    if (change === undefined) return;
    this.#isOver = true;
    console.warn(
      `${this.#source.name} closes over a value that has changed since it was compiled: ${change}. It goes on with the old one, since what it ` +
        'closes over is a constant of the graph: pass it as an argument, or compile the function again',
    );
  }

  /** When it has run. */
  after(): void {
    this.#last = performance.now();
  }

  #changeOf(variant: Variant): string | undefined {
    if (drawsRandom(this.#source.fn)) return undefined; // which was said
    try {
      return difference(variant.traced, traceAt(this.#source, variant.signature).traced);
    } catch {
      return undefined; // a call of the function's own would say it better
    }
  }
}

/** What is another number in the second graph, or that the graph is another. */
function difference(before: Graph, now: Graph): string | undefined {
  const structure = ({ nodes, constants }: Graph) =>
    `${nodes.map(({ op, inputs, outputs }) => [op, ...inputs.map((input) => input?.name), ...outputs.map(({ shape }) => `[${shape}]`)])}` +
    `${constants.map(({ value }) => `${value.dtype}[${value.shape}]`)}`;
  if (structure(before) !== structure(now)) return 'it computes something else now';
  for (const [i, { value, data }] of before.constants.entries()) {
    const later = now.constants[i].data;
    for (let k = 0; k < data.length; k++)
      if (!Object.is(data[k], later[k]))
        return data.length === 1
          ? `${said(data[k])} is ${said(later[k])} now`
          : `an array [${value.shape}] has ${said(later[k])} where it had ${said(data[k])}`;
  }
  return undefined;
}

/** 0.1, where float32 has 0.10000000149. */
const said = (x: number | bigint) => (typeof x === 'number' ? Number(x.toPrecision(7)) : x);
