import { Session } from 'node:inspector';

const POLL_MS = 50;
/** Of the most that JavaScript's objects may take: beyond, V8 collects ever longer and then ends the process. */
const FULL = 0.8;
/** What a cell may add when older ones left the memory full. */
const MARGIN = 0.1;

/**
 * Watches how much memory the main thread's objects take while a cell runs, so that the cell can be stopped before V8 ends the process.
 * The operating system's number costs nothing; V8 is asked only when that is large.
 */
export class MemoryWatch {
  readonly #limit: number;
  readonly #exhausted: (used: number) => void;
  #session: Session | undefined;
  #timer: NodeJS.Timeout | undefined;
  #least = 0;
  #isAsking = false;

  constructor(limit: number, exhausted: (used: number) => void) {
    this.#limit = limit;
    this.#exhausted = exhausted;
  }

  begin(): void {
    this.#least = 0;
    this.#timer = setInterval(() => this.#look(), POLL_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#session?.disconnect();
    this.#session = undefined;
  }

  #look(): void {
    if (process.memoryUsage.rss() < FULL * this.#limit || this.#isAsking) return;
    if (!this.#session) {
      this.#session = new Session();
      this.#session.connectToMainThread();
    }
    this.#isAsking = true;
    this.#session.post('Runtime.getHeapUsage', (error, answer) => {
      this.#isAsking = false;
      if (error) return;
      const { usedSize } = answer as { usedSize: number };
      this.#least ||= usedSize;
      if (usedSize < Math.max(FULL * this.#limit, Math.min(this.#least, FULL * this.#limit) + MARGIN * this.#limit)) return;
      this.end();
      this.#exhausted(usedSize);
    });
  }
}
