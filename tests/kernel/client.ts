import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { Dealer, Request, Subscriber } from 'zeromq';
import { type Json, type Message, Wire } from '../../src/kernel/server/wire.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Result {
  reply: Json;
  /** What the cell printed to stdout, joined. */
  stdout: string;
  stderr: string;
  /** The text form of the execute_result. */
  text: string | undefined;
  /** The traceback without colours. */
  traceback: string;
  outputs: { type: string; content: Json }[];
}

export interface StartOptions {
  /** The folder the kernel runs in: the notebook's. */
  directory?: string;
  root?: string;
  env?: NodeJS.ProcessEnv;
  /** Another kernel than ours, by its command. */
  command?: (connectionFile: string) => string[];
}

/** Starts a kernel as Jupyter does, on free ports, and greets it. */
export async function startKernel({
  directory = join(ROOT, 'notebooks'),
  root = ROOT,
  env = {},
  command,
}: StartOptions = {}): Promise<Kernel> {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-kernel-'));
  const ports = await freePorts(5);
  const [shell_port, control_port, iopub_port, stdin_port, hb_port] = ports;
  const key = randomUUID();
  const connection = {
    transport: 'tcp',
    ip: '127.0.0.1',
    key,
    signature_scheme: 'hmac-sha256',
    shell_port,
    control_port,
    iopub_port,
    stdin_port,
    hb_port,
  };
  const file = join(folder, 'connection.json');
  writeFileSync(file, JSON.stringify(connection));
  const [program, ...rest] = command?.(file) ?? [process.execPath, join(root, 'dist/kernel/main.js'), file];
  const child = spawn(program, rest, {
    cwd: directory,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const kernel = new Kernel(
    child,
    key,
    ports.map((port) => `tcp://127.0.0.1:${port}`),
    folder,
  );
  await (command ? kernel.answers() : kernel.ready());
  return kernel;
}

/** A Jupyter client, as small as these tests need. */
export class Kernel {
  readonly process: ChildProcess;
  /** What the process itself wrote, which a kernel in order never does. */
  said = '';
  readonly exited: Promise<number | null>;
  readonly heartbeat = new Request({ receiveTimeout: 10_000 });
  readonly #shell = new Dealer();
  readonly #control = new Dealer();
  readonly #stdin = new Dealer();
  readonly #iopub = new Subscriber();
  readonly shellAddress: string;
  readonly #wire: Wire;
  readonly #folder: string;
  readonly #replies = new Map<string, (message: Message) => void>();
  /** Everything published, in order. */
  readonly published: Message[] = [];
  #listeners = new Set<() => void>();
  onInput: (prompt: string, password: boolean) => string = () => '';

  constructor(child: ChildProcess, key: string, [shell, control, iopub, stdin, heartbeat]: string[], folder: string) {
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.said += chunk));
    this.exited = new Promise((resolve) => child.once('exit', resolve));
    this.#wire = new Wire(key);
    this.#folder = folder;
    this.shellAddress = shell;
    const identity = randomUUID();
    this.#shell.routingId = identity;
    this.#stdin.routingId = identity;
    this.#iopub.subscribe();
    this.#iopub.connect(iopub);
    this.#shell.connect(shell);
    this.#control.connect(control);
    this.#stdin.connect(stdin);
    this.heartbeat.connect(heartbeat);
    this.#listen();
  }

  async ready(): Promise<void> {
    await this.waitFor(({ header }) => header.msg_type === 'iopub_welcome', 60_000); // a build may come first
    await this.request('kernel_info_request', {});
  }

  /** Asks until what it publishes is heard, too: not every kernel welcomes who subscribes. */
  async answers(): Promise<void> {
    do {
      await this.request('kernel_info_request', {});
      await sleep(20);
    } while (!this.published.length);
  }

  /** Sends a request and resolves with the content of its reply. */
  async request(type: string, content: Json, channel: 'shell' | 'control' = 'shell'): Promise<Json> {
    return (await this.send(type, content, channel).reply).content;
  }

  send(type: string, content: Json, channel: 'shell' | 'control' = 'shell', metadata: Json = {}): { id: string; reply: Promise<Message> } {
    const frames = this.#wire.encode(type, content, undefined, [], metadata);
    const id = this.#wire.decode(frames).header.msg_id;
    const reply = new Promise<Message>((resolve) => this.#replies.set(id, resolve));
    (channel === 'shell' ? this.#shell : this.#control).send(frames);
    return { id, reply };
  }

  /** Runs a cell to its end, idle and reply both. */
  async run(code: string, options: Json = {}): Promise<Result> {
    return this.start(code, options).result;
  }

  start(code: string, { metadata, ...options }: Json = {}): { id: string; result: Promise<Result> } {
    const { id, reply } = this.send(
      'execute_request',
      {
        code,
        silent: false,
        store_history: true,
        allow_stdin: true,
        stop_on_error: true,
        ...options,
      },
      'shell',
      metadata,
    );
    const result = async () => {
      const { content } = await reply;
      await this.waitFor((message) => isOf(message, id) && message.content.execution_state === 'idle');
      return this.resultOf(id, content);
    };
    return { id, result: result() };
  }

  /** What the cell has caused so far, also after its end. */
  resultOf(id: string, reply: Json = {}): Result {
    const outputs = this.published
      .filter((message) => isOf(message, id) && !['status', 'execute_input'].includes(message.header.msg_type))
      .map(({ header, content }) => ({ type: header.msg_type, content }));
    const stream = (name: string) =>
      outputs
        .filter(({ type, content }) => type === 'stream' && content.name === name)
        .map(({ content }) => content.text)
        .join('');
    const error = outputs.find(({ type }) => type === 'error');
    return {
      reply,
      outputs,
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      text: outputs.find(({ type }) => type === 'execute_result')?.content.data['text/plain'],
      traceback: stripVTControlCharacters(error?.content.traceback.join('\n') ?? ''),
    };
  }

  /** The process that runs the cells; `process` only watches it. */
  runner(): number {
    const processes = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    const own = processes.map((line) => line.trim().split(/\s+/).map(Number)).find(([, parent]) => parent === this.process.pid);
    if (!own) throw new Error('the kernel has no process that runs cells');
    return own[0];
  }

  interrupt(): Promise<Json> {
    return this.request('interrupt_request', {}, 'control');
  }

  waitFor(holds: (message: Message) => boolean, timeout = 20_000): Promise<Message> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = this.published.find(holds);
        if (!found) return;
        clearTimeout(timer);
        this.#listeners.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(check);
        reject(new Error(`nothing such was published in ${timeout} ms`));
      }, timeout);
      this.#listeners.add(check);
      check();
    });
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.send('shutdown_request', { restart: false }, 'control');
      await Promise.race([this.exited, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
      this.process.kill('SIGKILL');
    }
    for (const socket of [this.#shell, this.#control, this.#stdin, this.#iopub, this.heartbeat]) socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
    if (this.said) throw new Error(`the kernel wrote past Jupyter: ${this.said}`);
  }

  #listen(): void {
    const settle = async (socket: Dealer) => {
      for await (const frames of socket) {
        const message = this.#wire.decode(frames);
        this.#replies.get(message.parent.msg_id ?? '')?.(message);
      }
    };
    settle(this.#shell);
    settle(this.#control);
    this.#hear();
    this.#answer();
  }

  async #hear(): Promise<void> {
    for await (const frames of this.#iopub) {
      this.published.push(this.#wire.decode(frames));
      for (const listener of this.#listeners) listener();
    }
  }

  async #answer(): Promise<void> {
    for await (const frames of this.#stdin) {
      const { content, header } = this.#wire.decode(frames);
      await this.#stdin.send(this.#wire.encode('input_reply', { value: this.onInput(content.prompt, content.password) }, header));
    }
  }
}

export const isOf = ({ parent }: Message, id: string): boolean => parent.msg_id === id;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
