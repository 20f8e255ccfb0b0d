import { Session } from 'node:inspector';
import type { MessagePort } from 'node:worker_threads';
import { endPrograms, programsOf, signal } from '../programs.js';
import { SHARED, type ToRuntime, type ToServer } from '../protocol.js';
import { BlockingCall } from './blocking-call.js';
import { MemoryWatch } from './memory-watch.js';

type Run = Extract<ToRuntime, { type: 'run' }>;
type Done = Extract<ToServer, { type: 'done' }>;
type Blocked = Extract<ToServer, { type: 'blocked' }>;

/** How long code without a safe point may go on after an interrupt. */
const BREAK_OFF_AFTER_MS = 1000;
const POLL_MS = 10;
const END_AFTER_MS = 3000;
const ROOMS = /^[ \t]*import\s+(?!type\b)[^'"]{0,1000}['"](lemmata\/\w+)['"]/gm;

/** The main thread, as the server sees it: runs one cell at a time, can be interrupted and ended whatever it does. */
export class Runtime {
  readonly #port: MessagePort;
  readonly #shared: Int32Array;
  readonly #blocking = new BlockingCall((cell, name, text) => this.tail(cell, name, text));
  /** Takes what a program prints that the main thread waits for. */
  tail: (cell: string, name: string, text: string) => void = () => {};
  #finish: ((done: Done) => void) | undefined;
  #breakOff: NodeJS.Timeout | undefined;
  readonly #preloaded = new Set<string>();
  readonly #memory: MemoryWatch;
  readonly #supervisor: number;
  /** Why the running cell is being stopped, if not by the reader. */
  #exhausted: string | undefined;

  /**
   * @param heapLimit  the most bytes that the objects of the cells may take
   * @param supervisor the process that watches this one, and may lead its group
   */
  constructor(port: MessagePort, shared: Int32Array, heapLimit: number, supervisor: number) {
    this.#port = port;
    this.#supervisor = supervisor;
    this.#shared = shared;
    this.#memory = new MemoryWatch(heapLimit, (used) => {
      this.#exhausted = `the cell was stopped with ${megabytes(used)} of objects in memory, of at most ${megabytes(heapLimit)}: drop what is not needed (\`name.length = 0\`), use typed arrays, or start Jupyter with NODE_OPTIONS=--max-old-space-size=<MB>`;
      this.interrupt();
      clearTimeout(this.#breakOff);
      this.#breakOffNow();
    });
  }

  run(cell: Omit<Run, 'type' | 'epoch'>): Promise<Done> {
    this.#exhausted = undefined;
    this.#memory.begin();
    this.#post({ type: 'run', epoch: Atomics.load(this.#shared, SHARED.COUNT), ...cell });
    return new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Has the rooms of the library loaded that a cell imports, while this thread checks the cell: each takes as long as the other. */
  preload(code: string): void {
    const specifiers = [...code.matchAll(ROOMS)].map(([, room]) => room).filter((room) => !this.#preloaded.has(room));
    for (const room of specifiers) this.#preloaded.add(room);
    if (specifiers.length) this.#post({ type: 'preload', specifiers });
  }

  finished(done: Done): void {
    this.#memory.end();
    const { failure } = done;
    if (failure && this.#exhausted) {
      const stack = failure.stack.replace(/^.*/, () => `OutOfMemory: ${this.#exhausted}`);
      done.failure = { ...failure, name: 'OutOfMemory', message: this.#exhausted, stack };
    }
    this.#finish?.(done);
    this.#finish = undefined;
  }

  /** The main thread waits for a program, and hears nothing until it has ended. */
  blocked({ cell, tails, spare }: Blocked): void {
    this.#blocking.begin(cell, tails, spare);
    if (Atomics.load(this.#shared, SHARED.FLAG)) this.#blocking.interrupt();
  }

  unblocked(): void {
    this.#blocking.end();
  }

  answerInput(value: string): void {
    this.#post({ type: 'input', value });
  }

  /** A message of a widget. */
  pass(message: Extract<ToRuntime, { type: 'comm' }>): void {
    this.#post(message);
  }

  interrupt(): void {
    Atomics.add(this.#shared, SHARED.COUNT, 1);
    Atomics.store(this.#shared, SHARED.FLAG, 1);
    this.#post({ type: 'interrupt' });
    this.#blocking.interrupt();
    clearTimeout(this.#breakOff);
    this.#breakOff = setTimeout(() => this.#breakOffNow(), BREAK_OFF_AFTER_MS);
  }

  /** The main thread has heard the interrupt, so it is not stuck. */
  interrupted(): void {
    clearTimeout(this.#breakOff);
  }

  /** Ends the process, and what its cells started, even when the main thread hears nothing. */
  async end(): Promise<void> {
    await endPrograms(programsOf(process.pid));
    const group = -this.#supervisor; // if it leads one: what has no parent any more is still in there
    signal(group, 'SIGTERM');
    this.#post({ type: 'shutdown' });
    setTimeout(() => {
      signal(group, 'SIGKILL');
      signal(process.pid, 'SIGKILL');
    }, END_AFTER_MS);
  }

  /** The last resort, for code of others that neither yields nor returns: the engine throws what no `catch` can catch. */
  #breakOffNow(): void {
    if (Atomics.load(this.#shared, SHARED.IN_FLIGHT) > 0) {
      this.#breakOff = setTimeout(() => this.#breakOffNow(), POLL_MS);
      return;
    }
    if (Atomics.load(this.#shared, SHARED.SYNCHRONOUS)) {
      process.kill(process.pid, 'SIGINT');
      return;
    }
    const session = new Session();
    session.connectToMainThread();
    session.post('Runtime.terminateExecution', () => session.disconnect());
  }

  #post(message: ToRuntime): void {
    this.#port.postMessage(message);
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
