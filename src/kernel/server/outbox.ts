import type { MimeBundle } from '../protocol.js';
import { CellOutput, OutputFolder } from './cell-output.js';
import type { Json } from './wire.js';

type Publish = (type: string, content: Json, cell: string) => void;

type Entry =
  | { type: 'stream'; cell: string; name: string; texts: string[] }
  | { type: 'clear_output'; cell: string; content: Json }
  | { type: 'update_display_data'; cell: string; content: Json };

const FLUSH_MS = 20;
/** A cell that prints much is shown in larger steps: a front end draws its whole output at each. */
const SLOW_FLUSH_MS = 200;
const MUCH = 100_000;

/** Joins what cells print, clear and update into few messages: a loop may print a line every microsecond. */
export class Outbox {
  readonly #publish: Publish;
  readonly #folder = new OutputFolder();
  readonly #outputs = new Map<string, CellOutput>();
  readonly #published = new Map<string, number>();
  #entries: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  write(cell: string, name: string, text: string): void {
    const shown = this.#outputOf(cell).take(text);
    const last = this.#entries.at(-1);
    if (!shown) this.#wait(cell);
    else if (last?.type === 'stream' && last.cell === cell && last.name === name) last.texts.push(shown);
    else this.#add({ type: 'stream', cell, name, texts: [shown] });
  }

  /** Of a new output, what there is room for. */
  display(cell: string, data: MimeBundle): MimeBundle {
    return this.#outputOf(cell).display(data);
  }

  /** What the cell printed and nobody has seen yet need not be shown. */
  clear(cell: string, wait: boolean): void {
    this.#outputOf(cell).clear();
    this.#entries = this.#entries.filter((entry) => entry.cell !== cell || entry.type === 'update_display_data');
    this.#add({ type: 'clear_output', cell, content: { wait } });
  }

  /** Of several updates of one display, the last is shown. */
  update(cell: string, content: Json): void {
    const id = content.transient.display_id;
    this.#entries = this.#entries.filter((entry) => entry.type !== 'update_display_data' || entry.content.transient.display_id !== id);
    this.#add({ type: 'update_display_data', cell, content });
  }

  /** Sends what waits; called before any other output, so that order holds. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const entry of this.#entries.splice(0)) {
      if (entry.type !== 'stream') {
        this.#publish(entry.type, entry.content, entry.cell);
        continue;
      }
      const text = entry.texts.join('');
      this.#published.set(entry.cell, (this.#published.get(entry.cell) ?? 0) + text.length);
      this.#publish('stream', { name: entry.name, text }, entry.cell);
    }
    for (const output of this.#outputs.values()) output.flush();
  }

  /** Deletes the files; nothing is written after. */
  close(): void {
    this.#folder.remove();
  }

  #outputOf(cell: string): CellOutput {
    const output = this.#outputs.get(cell) ?? new CellOutput(cell, this.#folder);
    this.#outputs.set(cell, output);
    return output;
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#wait(entry.cell);
  }

  #wait(cell: string): void {
    this.#timer ??= setTimeout(() => this.flush(), (this.#published.get(cell) ?? 0) > MUCH ? SLOW_FLUSH_MS : FLUSH_MS);
  }
}
