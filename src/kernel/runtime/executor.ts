import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { normalise } from '../display/normalise.js';
import { type Failure, SHARED, type ToRuntime, type ToServer } from '../protocol.js';
import { type CellContext, runInCell } from './cell-context.js';
import { forgetQuestions } from './input.js';
import { Interrupted, type Interruption } from './interruption.js';
import type { Modules } from './modules.js';
import { render } from './render.js';
import { describeFailure, type StackTraces } from './stack.js';

type Run = Extract<ToRuntime, { type: 'run' }>;
type Done = Extract<ToServer, { type: 'done' }>;

/** Runs cells, one after another, in this thread and this global scope. */
export class Executor {
  /** The notebook's top-level names, each a view on the variable of the cell that declared it last. */
  readonly #scope: Record<string, unknown> = Object.create(null);
  readonly #modules: Modules;
  readonly #interruption: Interruption;
  readonly #stacks: StackTraces;

  constructor(modules: Modules, interruption: Interruption, stacks: StackTraces) {
    this.#modules = modules;
    this.#interruption = interruption;
    this.#stacks = stacks;
  }

  async run({ cell: id, javascript, sourceMap, epoch, allowsInput }: Run): Promise<Done> {
    const cell: CellContext = { id, epoch, abort: new AbortController(), allowsInput, bindings: {}, done: false };
    this.#stacks.add(id, sourceMap);
    this.#interruption.begin(cell);
    return runInCell(cell, async () => {
      const outcome = await this.#evaluate(cell, javascript);
      await new Promise(setImmediate); // rejections that nobody handles surface now
      cell.done = true;
      forgetQuestions();
      const unreached = this.#publish(cell);
      const failure = outcome.failure ?? cell.failure;
      return { type: 'done', cell: id, unreached, value: failure ? undefined : outcome.value, failure };
    });
  }

  async #evaluate(cell: CellContext, javascript: string): Promise<{ value?: Done['value']; failure?: Failure }> {
    try {
      const shown = this.#start(cell, javascript).then(async (result) =>
        result?.value === undefined ? {} : { value: normalise(await render(result.value)) },
      );
      return await Promise.race([shown, this.#interruption.whenInterrupted()]);
    } catch (thrown) {
      return { failure: describeFailure(isBrokenOff(thrown) ? new Interrupted() : thrown) };
    }
  }

  /** Runs the cell to its first `await`; the promise is that of the whole cell. */
  #start(cell: CellContext, javascript: string): Promise<{ value: unknown } | undefined> {
    const { shared } = this.#interruption;
    const kernel = {
      scope: this.#scope,
      meta: { url: pathToFileURL(`${process.cwd()}/`).href, dirname: process.cwd() },
      load: (specifier: string) => this.#modules.load(specifier),
      import: this.#modules.import,
      publish: (bindings: PropertyDescriptorMap) => Object.assign(cell.bindings, bindings),
      checkpoint: this.#interruption.checkpoint,
    };
    // The call happens inside the script, so that SIGINT can break off the cell's synchronous part; the inner braces let a cell
    // declare `require` itself.
    Object.assign(globalThis, { [ENTRY]: [kernel, shared, this.#modules.require] });
    const source = `(async function $cell($kernel, $interrupted, require) { "use strict"; {\n${javascript}\n}})(...globalThis[Symbol.for('${ENTRY_NAME}')])`;
    const script = new vm.Script(source, { filename: cell.id, lineOffset: -1 });
    Atomics.store(shared, SHARED.SYNCHRONOUS, 1);
    try {
      return script.runInThisContext({ breakOnSigint: true });
    } finally {
      Atomics.store(shared, SHARED.SYNCHRONOUS, 0);
    }
  }

  /** Shows the names that got a value to later cells; those a failed cell never reached, which it returns, keep their older meaning. */
  #publish(cell: CellContext): string[] {
    const unreached: string[] = [];
    for (const [name, accessors] of Object.entries(cell.bindings))
      if (isInitialised(accessors)) Object.defineProperty(this.#scope, name, { ...accessors, configurable: true, enumerable: true });
      else unreached.push(name);
    cell.bindings = {};
    return unreached;
  }
}

const ENTRY_NAME = 'lemmata.cell';
const ENTRY = Symbol.for(ENTRY_NAME);

const isBrokenOff = (thrown: unknown) => (thrown as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';

function isInitialised({ get }: PropertyDescriptor): boolean {
  try {
    get!();
    return true;
  } catch {
    return false;
  }
}
