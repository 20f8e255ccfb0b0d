import { AsyncLocalStorage } from 'node:async_hooks';
import type { Failure } from '../protocol.js';

/** A cell that runs or ran. Whatever it started, however late, finds it again through the async context. */
export interface CellContext {
  readonly id: string;
  /** Interrupts that had happened when the cell was sent. */
  epoch: number;
  abort: AbortController;
  /** When it was first stopped at a safe point; what it does in `catch` and `finally` gets a moment from then on. */
  stoppedAt?: number;
  /** Modules that are being loaded for it. */
  loading: number;
  /** Whether the front end that sent the cell can answer `input()`. */
  readonly allowsInput: boolean;
  /** Top-level names that the cell declares and has not yet come to. */
  readonly unreached: Set<string>;
  /** Outputs that it has shown, and errors that nothing caught: both have a limit. */
  shown: number;
  failures: number;
  /** The first rejection or exception that nothing caught. */
  failure?: Failure;
  done: boolean;
  /** What is left to do when the cell has run. */
  readonly atEnd: (() => void)[];
}

const storage = new AsyncLocalStorage<CellContext>();
let latest: CellContext | undefined;

/** Runs `action` as part of the cell. */
export function runInCell<T>(cell: CellContext, action: () => T): T {
  latest = cell;
  return storage.run(cell, action);
}

/** The cell that caused the code that runs now; native callbacks lose their context, and then it is the latest cell. */
export const currentCell = (): CellContext | undefined => storage.getStore() ?? latest;

/** Does something when the cell that calls has run, whether it failed or not. */
export function atEndOfCell(action: () => void): void {
  currentCell()?.atEnd.push(action);
}
