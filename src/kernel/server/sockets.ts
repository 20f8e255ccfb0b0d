import { setTimeout as sleep } from 'node:timers/promises';
import { Reply, Router } from 'zeromq';
import { Publisher } from './publisher.js';
import type { Header, Json, Message } from './wire.js';
import { Wire } from './wire.js';

/** The connection file that a Jupyter server writes for the kernel it starts. */
export interface Connection {
  transport: string;
  ip: string;
  key: string;
  shell_port: number;
  control_port: number;
  iopub_port: number;
  stdin_port: number;
  hb_port: number;
}

const SETTLE_MS = 50;

type Handler = (message: Message) => void;

/** What lies in the socket is read by then. */
const SUBSCRIPTION_MS = 5;
/** ZeroMQ tries ten times a second. */
const LONGEST_RECONNECTION_MS = 5000;
const RETRY_MS = 20;

/** The five sockets of a kernel. Messages that nobody signed are dropped; sends keep their order. */
export class Sockets {
  readonly #wire: Wire;
  readonly #shell = new Router({ sendHighWaterMark: 0, linger: 500 });
  readonly #control = new Router({ sendHighWaterMark: 0, linger: 500 });
  readonly #stdin = new Router({ sendHighWaterMark: 0 });
  readonly #iopub = new Publisher();
  readonly #heartbeat = new Reply({ linger: 0 });
  readonly #sending = new Map<object, Promise<void>>();
  #hasSubscriber = false;

  constructor(key: string) {
    this.#wire = new Wire(key);
  }

  async bind(connection: Connection): Promise<void> {
    const at = (port: number) =>
      connection.transport === 'ipc' ? `ipc://${connection.ip}-${port}` : `${connection.transport}://${connection.ip}:${port}`;
    await Promise.all([
      this.#heartbeat.bind(at(connection.hb_port)),
      this.#shell.bind(at(connection.shell_port)),
      this.#control.bind(at(connection.control_port)),
      this.#stdin.bind(at(connection.stdin_port)),
      this.#iopub.bind(at(connection.iopub_port)),
    ]);
  }

  /**
   * Tells each new subscriber that from now on it misses nothing (Jupyter enhancement proposal 65), and gives those who have come until now
   * the time to hear that the kernel starts.
   */
  async greet(): Promise<void> {
    const admitted = this.#iopub.admit((subscription) => {
      this.#hasSubscriber = true;
      return this.#wire.encode('iopub_welcome', { subscription }, undefined, [Buffer.from('iopub_welcome')]);
    });
    admitted.catch(report); // who subscribes later would not be welcomed, and who listens already must not lose the kernel
    await sleep(SUBSCRIPTION_MS);
  }

  listen(handlers: { shell: Handler; control: Handler; stdin: Handler }): void {
    this.#echo();
    this.#receive(this.#shell, handlers.shell);
    this.#receive(this.#control, handlers.control);
    this.#receive(this.#stdin, handlers.stdin);
  }

  publish(type: string, content: Json, parent?: Header, metadata?: Json): void {
    this.#send(this.#iopub, this.#wire.encode(type, content, parent, [Buffer.from(type)], metadata));
  }

  reply(request: Message, channel: 'shell' | 'control', content: Json): void {
    this.#send(channel === 'shell' ? this.#shell : this.#control, this.#replyTo(request, content));
  }

  requestInput(request: Message, content: Json): void {
    this.#send(this.#stdin, this.#wire.encode('input_request', content, request.header, request.identities));
  }

  /** Resolves when somebody listens to what is published, or when nobody has come for long. */
  async heard(): Promise<void> {
    for (const end = Date.now() + LONGEST_RECONNECTION_MS; !this.#hasSubscriber && Date.now() < end; ) await sleep(RETRY_MS);
  }

  /** Replies to what another process at these ports was asked: who asked may still have to connect to this one. */
  replyLate(request: Message, content: Json): Promise<void> {
    const end = Date.now() + LONGEST_RECONNECTION_MS;
    return this.#send(this.#shell, this.#replyTo(request, content), async (frames) => {
      this.#shell.mandatory = true; // to send to nobody is an error
      try {
        while (
          !(await this.#shell.send(frames).then(
            () => true,
            () => Date.now() > end,
          ))
        )
          await sleep(RETRY_MS);
      } finally {
        this.#shell.mandatory = false;
      }
    });
  }

  /** Resolves when everything sent so far has left. */
  async flush(): Promise<void> {
    await Promise.all(this.#sending.values());
  }

  /**
   * Resolves when ZeroMQ has let go of the sockets. Its native code calls back a few turns after they are closed; a thread that is
   * ended inside such a call takes the process down with an abort.
   */
  async close(): Promise<void> {
    for (const socket of [this.#shell, this.#control, this.#stdin, this.#iopub, this.#heartbeat]) socket.close();
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }

  // A ZeroMQ socket takes one send at a time; and between two, `Publisher` answers the event that the first may have brought.
  #send(socket: Router | Publisher, frames: Buffer[], send = (frames: Buffer[]) => socket.send(frames)): Promise<void> {
    const before: Promise<unknown> = this.#sending.get(socket) ?? Promise.resolve();
    const after = before.then(() => send(frames)).catch(report);
    this.#sending.set(socket, after);
    return after;
  }

  #replyTo({ header, identities }: Message, content: Json): Buffer[] {
    return this.#wire.encode(header.msg_type.replace(/_request$/, '_reply'), content, header, identities);
  }

  async #receive(socket: Router, handle: Handler): Promise<void> {
    for await (const frames of socket) {
      try {
        handle(this.#wire.decode(frames));
      } catch (error) {
        report(error);
      }
    }
  }

  async #echo(): Promise<void> {
    for await (const frames of this.#heartbeat) await this.#heartbeat.send(frames);
  }
}

const report = (error: unknown): void => {
  process.stderr.write(`lemmata kernel: ${(error as Error).message ?? error}\n`);
};
