/** One output in several forms, by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** How a cell failed, as text: the server adds the lines of the cell's source. */
export interface Failure {
  name: string;
  message: string;
  /** Set when it was shown already, because nothing caught it while the cell still ran. */
  shown?: boolean;
  /** The error as Node prints it, stack included; places in cells read `In[3]:2:9`, in the cell's own TypeScript. */
  stack: string;
}

/** From the server's thread to the main thread, which runs the cells. */
export type ToRuntime =
  | { type: 'run'; cell: string; javascript: string; sourceMap: string; epoch: number; allowsInput: boolean }
  | { type: 'preload'; specifiers: string[] }
  | { type: 'interrupt' }
  | { type: 'input'; value: string }
  | { type: 'comm'; event: 'open' | 'msg' | 'close'; id: string; target: string; data: Record<string, unknown> }
  | { type: 'shutdown' };

/** The file that a program writes to whose output is to be shown as it comes. */
export interface Tail {
  name: 'stdout' | 'stderr';
  file: string;
}

/** From the main thread to the server's. `cell` says which cell caused it, whenever it happens. */
export type ToServer =
  | { type: 'stream'; cell: string; name: 'stdout' | 'stderr'; text: string }
  | { type: 'display'; cell: string; data: MimeBundle; id?: string; update: boolean }
  | { type: 'clear'; cell: string; wait: boolean }
  | { type: 'failure'; cell: string; failure: Failure }
  | {
      type: 'comm';
      cell: string;
      event: 'open' | 'msg' | 'close';
      id: string;
      target: string;
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
    }
  | { type: 'input'; cell: string; prompt: string; password: boolean }
  | { type: 'blocked'; cell: string; tails: Tail[]; spare: number[] }
  | { type: 'unblocked'; cell: string }
  | { type: 'done'; cell: string; unreached: string[]; value?: MimeBundle; failure?: Failure }
  | { type: 'interrupted' }
  | { type: 'signal' }
  | { type: 'terminate' };

/**
 * Memory that both threads see, so that an interrupt reaches a loop that never yields.
 *
 * - `FLAG`: not zero while the running cell must stop; each turn of its loops reads it
 * - `COUNT`: interrupts so far; a cell is interrupted when this differs from what it was when the cell was sent
 * - `SYNCHRONOUS`: 1 while a cell's first, synchronous part runs, the part that Node can break off with SIGINT
 * - `IN_FLIGHT`: work going on that must not be torn apart, such as a training step that replaces its own state
 * - `SENT`, `HEARD`: what the main thread told the server so far, and what that has taken in
 */
export const SHARED = { FLAG: 0, COUNT: 1, SYNCHRONOUS: 2, IN_FLIGHT: 3, SENT: 4, HEARD: 5, LENGTH: 6 } as const;
