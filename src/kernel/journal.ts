import { writeSync } from 'node:fs';

/** A request that a kernel has taken on and not yet answered: what it takes to answer it. */
export interface Pending {
  header: { msg_id: string; [field: string]: unknown };
  /** Of the sender, base64. */
  identities: string[];
}

/** What a kernel's process says of the cells that it runs, a line of JSON each. */
export type Entry = { type: 'taken'; request: Pending } | { type: 'runs'; id: string; count: number } | { type: 'answered'; id: string };

/** The pipe from the kernel's process to the one that watches it. */
export const JOURNAL = 3;

/** What is left of a kernel whose process died. */
export interface Remains {
  /** What it had not answered, in order. */
  pending: Pending[];
  /** The request among them whose cell ran. */
  running?: string;
  /** How many cells had been run. */
  count: number;
  /** How it died, why that may be, and what to do. */
  reason: string;
}

/** Writes at once, for whatever comes next may end the process. */
export function note(entry: Entry): void {
  try {
    writeSync(JOURNAL, `${JSON.stringify(entry)}\n`);
  } catch {
    // Nobody watches.
  }
}

/** Reads what a kernel's process noted. */
export class Journal {
  readonly #pending = new Map<string, Pending>();
  #running: string | undefined;
  /** Whether any cell ran, so that there was something to lose. */
  hasRun = false;
  #count: number;
  #rest = '';

  /** @param count  the cells that earlier processes of this kernel ran */
  constructor(count: number) {
    this.#count = count;
  }

  read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      try {
        this.#take(JSON.parse(line));
      } catch {
        // A cell wrote into the pipe.
      }
    }
  }

  remains(reason: string): Remains {
    return { pending: [...this.#pending.values()], running: this.#running, count: this.#count, reason };
  }

  #take(entry: Entry): void {
    if (entry.type === 'taken') this.#pending.set(entry.request.header.msg_id, entry.request);
    else if (entry.type === 'runs') {
      [this.#running, this.#count] = [entry.id, entry.count];
      this.hasRun = true;
    } else {
      this.#pending.delete(entry.id);
      if (this.#running === entry.id) this.#running = undefined;
    }
  }
}
