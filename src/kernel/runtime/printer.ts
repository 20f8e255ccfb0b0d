import { setImmediate } from 'node:timers';
import type { ToServer } from '../protocol.js';

type Print = Extract<ToServer, { type: 'stream' }>;

/** So many prints in a row are sent one by one; then one more for each millisecond. */
const BURST = 500;
const CHUNK = 16_384;

/**
 * Sends what is printed at once, so that it shows whatever the cell does next; only a flood of prints is sent in chunks, because
 * each message takes longer than a print.
 */
export class Printer {
  readonly #post: (message: Print) => void;
  #credit = BURST;
  #at = 0;
  #pending: Print | undefined;

  constructor(post: (message: Print) => void) {
    this.#post = post;
  }

  print(message: Print): void {
    const pending = this.#pending;
    if (pending?.cell === message.cell && pending.name === message.name) {
      pending.text += message.text;
      if (pending.text.length > CHUNK) this.flush();
      return;
    }
    this.flush();
    if (this.#hasCredit()) {
      this.#post(message);
      return;
    }
    this.#pending = { ...message };
    setImmediate(() => this.flush());
  }

  /** Sends what waits; called before any other message. */
  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) this.#post(pending);
  }

  #hasCredit(): boolean {
    const now = performance.now();
    this.#credit = Math.min(BURST, Math.max(this.#credit, 0) + now - this.#at);
    this.#at = now;
    return --this.#credit >= 0;
  }
}
