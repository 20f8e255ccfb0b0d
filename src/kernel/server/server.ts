import { flushCompileCache } from 'node:module';
import { DebugAdapter } from '../debug/adapter.js';
import type { Remains } from '../journal.js';
import { bundleOf, nameAskedFor } from '../language/inspect.js';
import { isComplete } from '../language/is-complete.js';
import { Notebook } from '../language/notebook.js';
import { blankMagics } from '../magics/magics.js';
import type { ToServer } from '../protocol.js';
import { Comms } from './comms.js';
import { Executions } from './executions.js';
import { History } from './history.js';
import { KERNEL_INFO } from './kernel-info.js';
import { toPoints, toUnits } from './offsets.js';
import type { Runtime } from './runtime.js';
import type { Sockets } from './sockets.js';
import type { Json, Message } from './wire.js';

type Channel = 'shell' | 'control';

/**
 * Answers Jupyter. Cells run one after another; everything else is answered at once, also while a cell runs.
 *
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
export class Server {
  readonly #sockets: Sockets;
  readonly #runtime: Runtime;
  readonly #notebook: Notebook;
  readonly #history = new History();
  readonly #executions: Executions;
  readonly #debugger: DebugAdapter;
  readonly #comms: Comms;
  /** The request whose front end hears of what the debugger does. */
  #debugging: Message | undefined;
  #isWarm = false;
  #isEnding = false;

  constructor(sockets: Sockets, runtime: Runtime, directory: string, notice?: string) {
    this.#sockets = sockets;
    this.#runtime = runtime;
    this.#notebook = new Notebook(directory);
    this.#comms = new Comms((message) => runtime.pass(message));
    this.#debugger = new DebugAdapter((event) => sockets.publish('debug_event', event, this.#debugging?.header));
    this.#executions = new Executions(sockets, runtime, this.#notebook, this.#history, this.#debugger, notice);
    sockets.listen({
      shell: (message) => this.#handle(message, 'shell'),
      control: (message) => this.#handle(message, 'control'),
      stdin: (message) => runtime.answerInput(String(message.content.value)),
    });
    sockets.publish('status', { execution_state: 'starting' });
  }

  /** Answers what the process before this one, which died, cannot answer any more. */
  recover(remains: Remains): void {
    this.#executions.recover(remains);
  }

  /** A word from the main thread. */
  hear(message: ToServer): void {
    if (message.type === 'interrupted') this.#runtime.interrupted();
    else if (message.type === 'signal') this.#runtime.interrupt();
    else if (message.type === 'terminate') this.end();
    else if (message.type === 'comm') this.#executions.passComm(message.cell, this.#comms.fromCell(message));
    else this.#executions.hear(message);
  }

  #handle(request: Message, channel: Channel): void {
    if (request.header.msg_type === 'execute_request') this.#executions.add(request);
    else if (request.header.msg_type === 'debug_request') this.#debug(request, channel);
    else this.#answerNow(request, channel);
  }

  #answerNow(request: Message, channel: Channel): void {
    this.#status('busy', request);
    const content = this.#answer(request);
    if (content) this.#sockets.reply(request, channel, content);
    this.#status('idle', request);
    this.#executions.restateBusy();
    if (request.header.msg_type === 'shutdown_request') this.#shutDown(request, content!);
    this.#warmUp();
  }

  #answer(request: Message): Json | undefined {
    const { header, content } = request;
    try {
      switch (header.msg_type) {
        case 'kernel_info_request':
          return KERNEL_INFO;
        case 'complete_request':
          return this.#complete(content);
        case 'inspect_request':
          return this.#inspect(content);
        case 'is_complete_request':
          return nameAskedFor(content.code) ? { status: 'complete' } : { ...isComplete(this.#withoutMagics(content.code)) };
        case 'history_request':
          return this.#history.answer(content);
        case 'comm_info_request':
          return this.#comms.info(content);
        case 'interrupt_request':
          this.#debugger.release();
          this.#runtime.interrupt();
          return { status: 'ok' };
        case 'shutdown_request':
          return { status: 'ok', restart: content.restart };
        case 'comm_open':
        case 'comm_msg':
        case 'comm_close':
          return this.#comms.fromPage(request);
        default:
          return undefined;
      }
    } catch (error) {
      const { name, message, stack = '' } = error as Error;
      return { status: 'error', ename: name, evalue: message, traceback: stack.split('\n') };
    }
  }

  async #debug(request: Message, channel: Channel): Promise<void> {
    this.#debugging = request;
    this.#status('busy', request);
    this.#sockets.reply(request, channel, await this.#debugger.answer(request.content));
    this.#status('idle', request);
    this.#executions.restateBusy();
  }

  #complete({ code, cursor_pos }: Json): Json {
    const { start, end, matches } = this.#notebook.complete(this.#withoutMagics(code), toUnits(code, cursor_pos));
    const at = { start: toPoints(code, start), end: toPoints(code, end) };
    return {
      status: 'ok',
      matches: matches.map(({ text }) => text),
      cursor_start: at.start,
      cursor_end: at.end,
      metadata: { _jupyter_types_experimental: matches.map(({ text, kind }) => ({ text, type: kind, ...at })) },
    };
  }

  #inspect({ code, cursor_pos }: Json): Json {
    const found = this.#notebook.inspect(this.#withoutMagics(code), toUnits(code, cursor_pos));
    return { status: 'ok', found: found !== undefined, data: found ? bundleOf(found) : {}, metadata: {} };
  }

  #withoutMagics = (code: string): string => blankMagics(code, (word) => this.#notebook.declares(word));

  async #shutDown(request: Message, content: Json): Promise<void> {
    // The notebook's thread may hear nothing; it is ended then.
    await Promise.race([this.#debugger.stop(), new Promise((resolve) => setTimeout(resolve, 300))]);
    this.#sockets.publish('shutdown_reply', content, request.header);
    await this.#sockets.flush();
    await this.end();
  }

  /** Ends the process. */
  async end(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    await this.#sockets.close();
    this.#executions.close();
    await this.#runtime.end();
  }

  /** The compiler reads its libraries after the first greeting, not before: Jupyter waits for that greeting. */
  #warmUp(): void {
    if (this.#isWarm) return;
    this.#isWarm = true;
    setImmediate(() => {
      this.#notebook.warmUp();
      flushCompileCache();
    });
  }

  #status(execution_state: 'busy' | 'idle', { header }: Message): void {
    this.#sockets.publish('status', { execution_state }, header);
  }
}
