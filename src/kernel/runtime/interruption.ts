import { setTimeout as sleep } from 'node:timers/promises';
import { offerCellHook } from '../../base/internal.js';
import { SHARED } from '../protocol.js';
import { type CellContext, currentCell } from './cell-context.js';

/** Thrown in a cell that the user stopped. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(message = 'the cell was interrupted') {
    super(message);
  }
}

/** How long a cell that was told to stop may take to reach its own end, once no work is in flight. */
const GRACE_MS = 150;
/** How long an interrupt waits for a step that replaces its own state. */
const LONGEST_STEP_MS = 60_000;
const POLL_MS = 10;

/** Stops cells: through their abort signal, at their safe points, and last by giving up on what they wait for. */
export class Interruption {
  readonly shared: Int32Array;
  readonly #running = new Set<CellContext>();
  #interrupted: Promise<void> = Promise.resolve();
  #wake = () => {};

  constructor(shared: Int32Array) {
    this.shared = shared;
    offerCellHook('abort', () => currentCell()?.abort.signal);
    const count = (change: 1 | -1) => Atomics.add(shared, SHARED.IN_FLIGHT, change);
    offerCellHook('inFlight', () => count); // an interrupt waits for the end of the step
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

  /**
   * A safe point of a cell. Once stopped there, its `catch` and `finally` have `GRACE_MS` to tidy up, in which safe points let it pass.
   *
   * @throws {Interrupted} if the cell that called was told to stop
   */
  checkpoint = (): void => {
    const cell = currentCell();
    if (!cell || !this.#reached(cell)) return;
    const now = performance.now();
    if (now - (cell.stoppedAt ?? Number.NEGATIVE_INFINITY) < GRACE_MS && !cell.done) return;
    cell.stoppedAt ??= now;
    this.#abort(cell);
    throw new Interrupted();
  };

  /** A safe point of a module. Not while one is loaded: what it throws then it would throw at every later import. */
  checkpointOfModule = (): void => {
    if (!currentCell()?.loading) this.checkpoint();
  };

  /** A cell that ended before an interrupt hears the page again: what was stopped then was not the answer to this. */
  renew = (): void => {
    const cell = currentCell();
    if (!cell?.done || !this.#reached(cell)) return;
    cell.epoch = Atomics.load(this.shared, SHARED.COUNT);
    cell.abort = new AbortController();
    this.#running.add(cell);
  };

  /** Rejects when the cell was interrupted and did not end by itself soon after. */
  async whenInterrupted(): Promise<never> {
    await this.#interrupted;
    for (const end = performance.now() + LONGEST_STEP_MS; Atomics.load(this.shared, SHARED.IN_FLIGHT) > 0; await sleep(POLL_MS))
      if (performance.now() > end) {
        Atomics.store(this.shared, SHARED.IN_FLIGHT, 0);
        throw new Interrupted('the cell was interrupted in a step that did not end; a state that the step was replacing may be lost');
      }
    await sleep(GRACE_MS);
    throw new Interrupted('the cell was interrupted while it waited');
  }

  #reached = (cell: CellContext) => Atomics.load(this.shared, SHARED.COUNT) !== cell.epoch;

  #abort(cell: CellContext): void {
    this.#running.delete(cell);
    cell.abort.abort(new Interrupted());
  }
}
