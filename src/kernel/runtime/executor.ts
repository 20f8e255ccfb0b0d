import vm from 'node:vm';
import { normalise } from '../display/normalise.js';
import { type Failure, SHARED, type ToRuntime, type ToServer } from '../protocol.js';
import { type CellContext, runInCell } from './cell-context.js';
import { forgetQuestions } from './input.js';
import { Interrupted, type Interruption } from './interruption.js';
import { Intrinsics } from './intrinsics.js';
import type { Modules } from './modules.js';
import { Names } from './names.js';
import { plainBundle } from './plain.js';
import { render } from './render.js';
import { describeFailure, type StackTraces } from './stack.js';

type Run = Extract<ToRuntime, { type: 'run' }>;
type Done = Extract<ToServer, { type: 'done' }>;

/** Node's own: a cell may have put a clock of its own in its place. */
const nextTurn = setImmediate;

/** Runs cells, one after another, in this thread and this global scope. */
export class Executor {
  readonly #names = new Names();
  readonly #intrinsics = new Intrinsics();
  readonly #modules: Modules;
  readonly #interruption: Interruption;
  readonly #stacks: StackTraces;

  constructor(modules: Modules, interruption: Interruption, stacks: StackTraces) {
    this.#modules = modules;
    this.#interruption = interruption;
    this.#stacks = stacks;
  }

  async run({ cell: id, javascript, sourceMap, epoch, allowsInput }: Run): Promise<Done> {
    const abort = new AbortController();
    const counts = { loading: 0, shown: 0, failures: 0 };
    const cell: CellContext = { id, epoch, abort, allowsInput, unreached: new Set(), ...counts, done: false, atEnd: [] };
    return runInCell(cell, async () => {
      const outcome = await this.#evaluate(cell, javascript, sourceMap);
      await new Promise(nextTurn); // rejections that nobody handles surface now
      this.#repair();
      for (const action of cell.atEnd) action();
      cell.done = true;
      forgetQuestions();
      const failure = outcome.failure ?? cell.failure;
      return { type: 'done', cell: id, unreached: [...cell.unreached], value: failure ? undefined : outcome.value, failure };
    });
  }

  async #evaluate(cell: CellContext, javascript: string, sourceMap: string): Promise<{ value?: Done['value']; failure?: Failure }> {
    try {
      this.#stacks.add(cell.id, sourceMap);
      this.#interruption.begin(cell);
      const shown = this.#show(this.#start(cell, javascript));
      return await Promise.race([shown, this.#interruption.whenInterrupted()]);
    } catch (thrown) {
      this.#repair();
      return { failure: describeFailure(isBrokenOff(thrown) ? new Interrupted() : thrown) };
    }
  }

  async #show(running: Promise<{ value: unknown } | undefined>): Promise<{ value?: Done['value'] }> {
    this.#repair();
    const result = await running;
    this.#repair();
    return result?.value === undefined ? {} : { value: normalise(plainBundle(await render(result.value))) };
  }

  #repair(): void {
    const broken = this.#intrinsics.repair();
    if (broken.length) process.stderr.write(`lemmata: the cell broke ${broken.join(', ')}, which the kernel needs and has put back\n`);
  }

  /** Runs the cell to its first `await`; the promise is that of the whole cell. */
  #start(cell: CellContext, javascript: string): Promise<{ value: unknown } | undefined> {
    const { shared } = this.#interruption;
    const kernel = {
      name: (name: string) => this.#names.of(name),
      declare: (...names: string[]) => {
        for (const name of names) cell.unreached.add(name);
      },
      reached: (...names: string[]) => {
        for (const name of names) cell.unreached.delete(name);
      },
      bind: (name: string, read: () => unknown) => {
        this.#names.bind(name, read);
        cell.unreached.delete(name);
      },
      hoist: (name: string) => this.#names.hoist(name),
      // For the debugger, which asks from the other thread.
      names: () => this.#names.entries(),
      show: async (name: string) => normalise(plainBundle(await render(this.#names.of(name).value))),
      meta: this.#modules.meta,
      load: (specifier: string) => this.#modules.load(specifier),
      import: this.#modules.import,
      checkpoint: this.#interruption.checkpoint,
      resume: <T>(awaited: T): T => {
        if (cell.done) this.#interruption.checkpoint();
        return awaited;
      },
    };
    // The call happens inside the script, so that SIGINT can break off the cell's synchronous part; the inner braces let a cell
    // declare `require` itself.
    const { require, module, exports, dirname, filename } = this.#modules;
    entry.splice(0, entry.length, kernel, shared, require, module, exports, dirname, filename);
    const source = `(async function $cell($kernel, $interrupted, require, module, exports, __dirname, __filename) { "use strict"; {\n${javascript}\n}})(...globalThis[Symbol.for('${ENTRY_NAME}')])`;
    const script = new vm.Script(source, { filename: cell.id, lineOffset: -1 });
    Atomics.store(shared, SHARED.SYNCHRONOUS, 1);
    try {
      return script.runInThisContext({ breakOnSigint: true });
    } finally {
      Atomics.store(shared, SHARED.SYNCHRONOUS, 0);
    }
  }
}

const ENTRY_NAME = 'lemmata.cell';
/** How a cell's code, which has no scope but the global one, comes by its arguments. */
const entry: unknown[] = [];
Object.defineProperty(globalThis, Symbol.for(ENTRY_NAME), { value: entry });

const isBrokenOff = (thrown: unknown) => (thrown as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
