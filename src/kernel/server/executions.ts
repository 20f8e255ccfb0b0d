import { escapeHtml } from '../../base/internal.js';
import type { DebugAdapter } from '../debug/adapter.js';
import { note, type Remains } from '../journal.js';
import { bundleOf, nameAskedFor } from '../language/inspect.js';
import type { Notebook } from '../language/notebook.js';
import { expandMagics } from '../magics/magics.js';
import type { Failure, MimeBundle, ToServer } from '../protocol.js';
import type { History } from './history.js';
import { Outbox } from './outbox.js';
import type { Runtime } from './runtime.js';
import type { Sockets } from './sockets.js';
import { describeDiagnostics, describeFailure, type ErrorContent } from './traceback.js';
import type { Header, Json, Message } from './wire.js';

interface Cell {
  request: Message;
  code: string;
  silent: boolean;
}

/** `page` is what a front end shows beside the cell: the answer to `name?`. */
type Outcome = { value?: MimeBundle; error?: ErrorContent; shown?: boolean; page?: MimeBundle };

/** Runs the execute requests in the order they came, and brings what cells print and show to the cell that caused it. */
export class Executions {
  readonly #sockets: Sockets;
  readonly #runtime: Runtime;
  readonly #notebook: Notebook;
  readonly #history: History;
  readonly #debugger: DebugAdapter;
  readonly #outbox: Outbox;
  readonly #cells = new Map<string, Cell>();
  readonly #queue: Message[] = [];
  #running: Message | undefined;
  #count = 0;
  #unstored = 0;
  #notice: string | undefined;

  constructor(sockets: Sockets, runtime: Runtime, notebook: Notebook, history: History, debug: DebugAdapter, notice?: string) {
    this.#sockets = sockets;
    this.#runtime = runtime;
    this.#notebook = notebook;
    this.#history = history;
    this.#debugger = debug;
    this.#notice = notice;
    this.#outbox = new Outbox((type, content, cell) => this.#publish(type, content, this.#headerOf(cell)));
    runtime.tail = (cell, name, text) => this.#outbox.write(cell, name, text);
  }

  add(request: Message): void {
    const identities = request.identities.map((identity) => identity.toString('base64'));
    note({ type: 'taken', request: { header: { ...request.header }, identities } });
    this.#queue.push(request);
    if (!this.#running) this.#drain();
  }

  /** Tells the cell that the process before this one died of, and those that waited behind it. */
  async recover({ pending, running, count, reason }: Remains): Promise<void> {
    this.#count = count;
    const message = `the kernel's process was ended ${reason}. It was started anew: every name is gone, so run the cells above again.`;
    const error = { ename: 'KernelDied', evalue: message, traceback: [`KernelDied: ${message}`] };
    if (!running) this.#notice = `lemmata: ${message}\n`;
    await this.#sockets.heard();
    for (const { header, identities } of pending) {
      const request = { header, identities: identities.map((identity) => Buffer.from(identity, 'base64')) } as unknown as Message;
      const isGuilty = header.msg_id === running;
      if (isGuilty) this.#publish('error', error, request.header);
      await this.#sockets.replyLate(request, {
        execution_count: count,
        ...(isGuilty ? { status: 'error', ...error } : { status: 'aborted' }),
      });
      this.#publish('status', { execution_state: 'idle' }, request.header);
    }
  }

  /** Another request ended with `idle`, which front ends take for the whole kernel. */
  restateBusy(): void {
    if (this.#running) this.#publish('status', { execution_state: 'busy' }, this.#running.header);
  }

  hear(message: Exclude<ToServer, { type: 'interrupted' | 'signal' | 'terminate' | 'comm' }>): void {
    const header = this.#headerOf(message.cell);
    switch (message.type) {
      case 'stream':
        this.#outbox.write(message.cell, message.name, message.text);
        break;
      case 'display': {
        const transient = message.id === undefined ? {} : { display_id: message.id };
        const data = message.update ? message.data : this.#outbox.display(message.cell, message.data);
        const content = { data, metadata: {}, transient };
        if (message.update) this.#outbox.update(message.cell, content);
        else this.#publishInOrder('display_data', content, header);
        break;
      }
      case 'clear':
        this.#outbox.clear(message.cell, message.wait);
        break;
      case 'failure':
        this.#publishInOrder('error', { ...this.#describe(message.failure) }, header);
        break;
      case 'input':
        this.#outbox.flush();
        this.#sockets.requestInput(this.#cells.get(message.cell)!.request, { prompt: message.prompt, password: message.password });
        break;
      case 'blocked':
        this.#runtime.blocked(message);
        break;
      case 'unblocked':
        this.#runtime.unblocked();
        break;
      case 'done':
        this.#runtime.finished(message);
    }
  }

  /** Sends a comm's message, in its place among the outputs of its cell. */
  passComm(cell: string, { type, content, metadata, opener }: { type: string; content: Json; metadata: Json; opener?: Header }): void {
    this.#outbox.flush();
    this.#sockets.publish(type, content, this.#headerOf(cell) ?? opener, metadata);
  }

  /** Nothing runs any more. */
  close(): void {
    this.#outbox.close();
  }

  async #drain(): Promise<void> {
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      this.#running = request;
      await this.#execute(request).catch((thrown) => this.#fail(request, thrown));
    }
    this.#running = undefined;
  }

  /** The kernel's own fault, or the compiler's: the request is answered all the same. */
  #fail(request: Message, thrown: unknown): void {
    const { name, message, stack = '' } = thrown as Error;
    const error = { ename: name, evalue: message, traceback: stack.split('\n') };
    this.#answer(request, { status: 'error', execution_count: this.#count, ...error }, error);
  }

  /** @param error  what is still to be shown */
  #answer(request: Message, reply: Json, error?: Json): void {
    if (error) this.#publish('error', error, request.header);
    this.#sockets.reply(request, 'shell', reply);
    note({ type: 'answered', id: request.header.msg_id });
    this.#publish('status', { execution_state: 'idle' }, request.header);
  }

  async #execute(request: Message): Promise<void> {
    const { header, content } = request;
    const { silent = false, store_history = true, stop_on_error = true, allow_stdin = true } = content;
    // The compiler, which reads UTF-8, ends at half of a surrogate pair.
    const code = Buffer.from(String(content.code ?? '')).toString();
    if (this.#notice) await this.#sockets.heard(); // a process before this one may have died, and its listeners are still on their way
    const stores = store_history && !silent;
    const id = stores ? `In[${++this.#count}]` : `Unstored[${++this.#unstored}]`;
    this.#cells.set(id, { request, code, silent });
    note({ type: 'runs', id: header.msg_id, count: this.#count });
    this.#publish('status', { execution_state: 'busy' }, header);
    if (!silent) this.#publish('execute_input', { code, execution_count: this.#count }, header);
    if (stores) this.#history.add(this.#count, code);
    if (this.#notice) this.#publish('stream', { name: 'stderr', text: this.#notice }, header);
    this.#notice = undefined;

    const { value, error, shown, page } = await this.#run(id, code, allow_stdin);
    const payload = page ? [{ source: 'page', data: page, start: 0 }] : [];
    this.#outbox.flush();
    if (value && !silent) {
      this.#publish('execute_result', { execution_count: this.#count, data: value, metadata: {} }, header);
      this.#history.setOutput(this.#count, String(value['text/plain'] ?? ''));
    }
    const reply = error
      ? { status: 'error', execution_count: this.#count, ...error }
      : { status: 'ok', execution_count: this.#count, user_expressions: await this.#evaluate(content.user_expressions), payload };
    const sent = error && stop_on_error ? await this.#queuedSoFar() : [];
    this.#answer(request, reply, shown ? undefined : error && { ...error });
    this.#abort(sent);
  }

  async #run(id: string, code: string, allowsInput: boolean): Promise<Outcome> {
    const asked = nameAskedFor(code);
    if (asked) return this.#tellOf(asked);
    let typescript: string;
    try {
      typescript = expandMagics(code, (word) => this.#notebook.declares(word));
    } catch (error) {
      const { name, message } = error as Error;
      return { error: { ename: name, evalue: message, traceback: message.split('\n') } };
    }
    this.#runtime.preload(typescript);
    const { cell, diagnostics } = this.#notebook.compile(id, typescript);
    if (diagnostics) return { error: describeDiagnostics(diagnostics, id, typescript) };
    const { names, notes, javascript, sourceMap } = cell;
    for (const note of notes) this.#note(id, note);
    await this.#debugger.prepare(id, code, sourceMap);
    const running = this.#runtime.run({ cell: id, javascript, sourceMap, allowsInput });
    setImmediate(() => this.#notebook.anticipate(id));
    const { unreached, value, failure } = await running;
    this.#notebook.publish(
      id,
      names.filter((name) => !unreached.includes(name)),
    );
    if (failure) return { error: this.#describe(failure), shown: failure.shown };
    this.#noteLeftBehind(id, code);
    return { value };
  }

  #tellOf(name: string): Outcome {
    const found = this.#notebook.inspect(name, name.length);
    if (found) return { page: bundleOf(found) };
    const evalue = `${name}?: there is no ${name}; declare or import it in a cell, and run that first`;
    return { error: { ename: 'NotFound', evalue, traceback: [evalue] } };
  }

  #noteLeftBehind(id: string, code: string): void {
    const cell = this.#cells.get(id)?.request.metadata.cellId;
    const behind = cell === undefined ? [] : this.#notebook.leftBehind(id, cell, code);
    if (behind.length)
      this.#note(
        id,
        `${listed(behind)} ${behind.length > 1 ? 'rest' : 'rests'} on what this cell was before; run again what should follow.`,
      );
  }

  #note(id: string, text: string): void {
    this.#publish('display_data', { data: aside(text), metadata: {}, transient: {} }, this.#headerOf(id));
  }

  async #evaluate(expressions: Record<string, string> = {}): Promise<Json> {
    const results: Json = {};
    for (const [name, code] of Object.entries(expressions)) {
      const { value, error } = await this.#run(`Unstored[${++this.#unstored}]`, code, false);
      results[name] = error ? { status: 'error', ...error } : { status: 'ok', data: value ?? {}, metadata: {} };
    }
    return results;
  }

  /** What was sent before anyone could know of the failure: what lies in the socket, too. */
  async #queuedSoFar(): Promise<Message[]> {
    await new Promise(setImmediate);
    return this.#queue.splice(0);
  }

  /** The sender asked that a failure stops what it had sent already. Each such request is told so; later ones run. */
  #abort(requests: Message[]): void {
    for (const request of requests) {
      this.#publish('status', { execution_state: 'busy' }, request.header);
      this.#answer(request, { status: 'aborted', execution_count: this.#count });
    }
  }

  #describe = (failure: Failure): ErrorContent => describeFailure(failure, (cell) => this.#cells.get(cell)?.code);

  #headerOf = (cell: string): Header | undefined => this.#cells.get(cell)?.request.header;

  /** Behind what the cells printed until now. */
  #publishInOrder(type: string, content: Json, header: Header | undefined): void {
    this.#outbox.flush();
    this.#publish(type, content, header);
  }

  #publish(type: string, content: Json, header: Header | undefined): void {
    this.#sockets.publish(type, content, header);
  }
}

/** A word beside the cell's own output, that does not look like an error. */
const aside = (note: string): MimeBundle => ({
  'text/plain': note,
  'text/html': `<small style="opacity: 0.6">${escapeHtml(note)}</small>`,
});

const listed = (names: string[]) => (names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0]);
