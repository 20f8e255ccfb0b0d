import { SHARED } from '../protocol.js';
import { type CellContext, currentCell } from './cell-context.js';

/** Thrown in a cell that the user stopped. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(message = 'the cell was interrupted') {
    super(message);
  }
}

/** A function that takes the promise of work that must not be torn apart, such as a training step: an interrupt waits for it. */
const IN_FLIGHT = Symbol.for('lemmata.inFlight');
const ABORT_SIGNAL = Symbol.for('lemmata.abort');

/** How long a cell that was told to stop may take to reach its own end, once no work is in flight. */
const GRACE_MS = 150;

/** Stops cells: through their abort signal, at their safe points, and last by giving up on what they wait for. */
export class Interruption {
  readonly shared: Int32Array;
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #running = new Set<CellContext>();
  #interrupted: Promise<void> = Promise.resolve();
  #wake = () => {};

  constructor(shared: Int32Array) {
    this.shared = shared;
    Object.defineProperty(globalThis, ABORT_SIGNAL, { configurable: true, get: () => currentCell()?.abort.signal });
    Object.defineProperty(globalThis, IN_FLIGHT, { configurable: true, value: this.#track });
  }

  begin(cell: CellContext): void {
    this.#running.add(cell);
    this.#interrupted = new Promise((resolve) => {
      this.#wake = resolve;
    });
    Atomics.store(this.shared, SHARED.FLAG, 0);
    // An interrupt between sending the cell and this line must not be lost.
    if (this.#reached(cell)) Atomics.store(this.shared, SHARED.FLAG, 1);
  }

  /** Every cell that still does something is told to stop, also one whose prompt is long back. */
  interrupt(): void {
    for (const cell of this.#running) if (this.#reached(cell)) this.#abort(cell);
    this.#wake();
  }

  /** A safe point of a cell. @throws {Interrupted} if the cell that called was told to stop */
  checkpoint = (): void => {
    const cell = currentCell();
    if (!cell || !this.#reached(cell)) return;
    this.#abort(cell);
    throw new Interrupted();
  };

  /** Rejects when the cell was interrupted and did not end by itself soon after. */
  async whenInterrupted(): Promise<never> {
    await this.#interrupted;
    while (this.#inFlight.size) await Promise.allSettled(this.#inFlight);
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
    throw new Interrupted('the cell was interrupted while it waited');
  }

  #track = (work: Promise<unknown>): void => {
    this.#inFlight.add(work);
    const done = () => this.#inFlight.delete(work);
    work.then(done, done);
  };

  #reached = (cell: CellContext) => Atomics.load(this.shared, SHARED.COUNT) !== cell.epoch;

  #abort(cell: CellContext): void {
    this.#running.delete(cell);
    cell.abort.abort(new Interrupted());
  }
}
