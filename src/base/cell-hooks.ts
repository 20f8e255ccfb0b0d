/**
 * What the kernel offers to the library while a cell runs. They meet in the global scope, under symbols, because a notebook may have
 * loaded the library from another place than the kernel: from an earlier build, or from a project of its own.
 */
export interface CellHooks {
  /** The signal that stops the cell which calls. */
  readonly abort: AbortSignal;
  /** Told when work begins that must not be torn apart (1), such as a step that replaces its own state, and when it has ended (−1). */
  readonly inFlight: (change: 1 | -1) => void;
  /** Shows an output in several forms, by MIME type; outputs with the same `update` id replace one another. */
  readonly display: (forms: Readonly<Record<string, unknown>>, options?: { readonly update?: string }) => void;
}

const SYMBOLS = {
  abort: Symbol.for('lemmata.abort'),
  inFlight: Symbol.for('lemmata.inFlight'),
  display: Symbol.for('lemmata.display'),
};

/** What the kernel offers by this name to the cell that runs; undefined outside the kernel. */
export const cellHook = <K extends keyof CellHooks>(name: K): CellHooks[K] | undefined =>
  (globalThis as Record<symbol, unknown>)[SYMBOLS[name]] as CellHooks[K] | undefined;

/** The kernel's side: `current` is asked each time, because several cells may run at once. */
export function offerCellHook<K extends keyof CellHooks>(name: K, current: () => CellHooks[K] | undefined): void {
  Object.defineProperty(globalThis, SYMBOLS[name], { configurable: true, get: current });
}
