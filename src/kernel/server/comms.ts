import type { ToRuntime, ToServer } from '../protocol.js';
import type { Header, Json, Message } from './wire.js';

type FromCell = Extract<ToServer, { type: 'comm' }>;

/** Which comms are open, for front ends that come later and ask; the notebook's thread has both their ends. */
export class Comms {
  readonly #targets = new Map<string, string>();
  /** Requests that opened a comm, for what answers them before any cell does. */
  readonly #openers = new Map<string, Header>();
  readonly #post: (message: Extract<ToRuntime, { type: 'comm' }>) => void;

  constructor(post: (message: Extract<ToRuntime, { type: 'comm' }>) => void) {
    this.#post = post;
  }

  /** Passes on what a front end sent. */
  fromPage({ header, content }: Message): undefined {
    const event = header.msg_type.replace('comm_', '') as FromCell['event'];
    const { comm_id: id, target_name: target = '', data = {} } = content;
    if (event === 'open') this.#openers.set(id, header);
    this.#keep(event, id, target);
    this.#post({ type: 'comm', event, id, target, data });
  }

  /** The message of the protocol for what a cell sent. */
  fromCell({ event, id, target, data, metadata }: FromCell): { type: string; content: Json; metadata: Json; opener?: Header } {
    const opener = this.#openers.get(id);
    this.#keep(event, id, target);
    return { opener, type: `comm_${event}`, content: { comm_id: id, ...(event === 'open' && { target_name: target }), data }, metadata };
  }

  info({ target_name: wanted }: Json): Json {
    const comms = [...this.#targets].filter(([, target]) => !wanted || target === wanted);
    return { status: 'ok', comms: Object.fromEntries(comms.map(([id, target_name]) => [id, { target_name }])) };
  }

  #keep(event: FromCell['event'], id: string, target: string): void {
    if (event === 'open') this.#targets.set(id, target);
    else if (event === 'close') {
      this.#targets.delete(id);
      this.#openers.delete(id);
    }
  }
}
