type Publish = (cell: string, name: string, text: string) => void;

const FLUSH_MS = 20;

/** Joins what cells print into few messages: a loop may print a line every microsecond. */
export class Streams {
  readonly #publish: Publish;
  #pending: { cell: string; name: string; texts: string[] } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  write(cell: string, name: string, text: string): void {
    if (this.#pending?.cell !== cell || this.#pending.name !== name) {
      this.flush();
      this.#pending = { cell, name, texts: [] };
      this.#timer = setTimeout(() => this.flush(), FLUSH_MS);
    }
    this.#pending.texts.push(text);
  }

  /** Sends what waits; called before any other output, so that order holds. */
  flush(): void {
    clearTimeout(this.#timer);
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) this.#publish(pending.cell, pending.name, pending.texts.join(''));
  }
}
