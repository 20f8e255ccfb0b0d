import { type Expression, inOrder, type Source } from './expression.js';
import type { Operator, State } from './operators/operator.js';

/** Values of a block: so few that those of all steps stay near the processor, so many that a step's call is nothing beside its work. */
const BLOCK = 1024;

interface Step {
  readonly key: string;
  readonly from: Operator | Source;
  readonly state: State;
  /** steps whose values it takes */
  readonly inputs: readonly number[];
  /** for the values of a block, where no column takes them */
  readonly scratch: Float64Array;
}

/** Fills `out` [rows, N] with the values of a source from row `start` on. */
export type Fill = (source: Source, start: number, out: Float64Array) => void;

/** The operators of some expressions, each once, with their states. */
export class Machine {
  readonly #steps: readonly Step[];
  /** the step of each expression */
  readonly #results: readonly number[];
  readonly #N: number;

  /**
   * @param states  to go on from, by key; fresh ones unless told
   * @throws        when they are not those of these expressions
   */
  constructor(expressions: readonly Expression[], N: number, states?: ReadonlyMap<string, State>) {
    const order = inOrder(expressions);
    const index = new Map(order.map(({ key }, i) => [key, i]));
    this.#N = N;
    this.#steps = order.map(({ key, from, inputs }) => ({
      key,
      from,
      state: 'push' in from ? resumed(key, from.start(N), states) : {},
      inputs: inputs.map((input) => index.get(input.key)!),
      scratch: new Float64Array(rowsOfBlock(N) * N),
    }));
    this.#results = expressions.map(({ key }) => index.get(key)!);
  }

  /**
   * Takes the next rows.
   *
   * @param columns  [expressions] each [rows, N], written whole
   */
  push(rows: number, fill: Fill, columns: readonly Float64Array[]): void {
    const N = this.#N;
    const steps = this.#steps;
    const block = rowsOfBlock(N);
    const into: (Float64Array | undefined)[] = steps.map(() => undefined);
    for (const [i, step] of this.#results.entries()) into[step] ??= columns[i];
    const values = steps.map(({ scratch }) => scratch);
    const taken = steps.map(({ inputs }) => inputs.map((input) => values[input]));
    for (let start = 0; start < rows; start += block) {
      const end = Math.min(rows, start + block);
      for (let i = 0; i < steps.length; i++) {
        const { from, state, inputs, scratch } = steps[i];
        const column = into[i];
        const out = column ? column.subarray(start * N, end * N) : end - start === block ? scratch : scratch.subarray(0, (end - start) * N);
        values[i] = out;
        for (let k = 0; k < inputs.length; k++) taken[i][k] = values[inputs[k]];
        if ('push' in from) from.push(state, taken[i], out, N);
        else fill(from, start, out);
      }
    }
    for (const [i, step] of this.#results.entries()) if (into[step] !== columns[i]) columns[i].set(into[step]!); // two features, one expression
  }

  /** What the operators remember, by their keys; the arrays are the machine's own. */
  states(): ReadonlyMap<string, State> {
    return new Map(this.#steps.map(({ key, state }) => [key, state]));
  }
}

const rowsOfBlock = (N: number) => Math.max(1, Math.floor(BLOCK / N));

/** The saved state in place of a fresh one. */
function resumed(key: string, fresh: State, states: ReadonlyMap<string, State> | undefined): State {
  if (!states || Object.keys(fresh).length === 0) return fresh;
  const saved = states.get(key);
  for (const [name, { length }] of Object.entries(fresh))
    if (saved?.[name]?.length !== length)
      throw new Error(
        `the saved state has ${saved?.[name]?.length ?? 'no'} numbers for '${name}' of ${key} where this version of the library needs ${length}; ` +
          'compute it anew from the history',
      );
  return saved!;
}
