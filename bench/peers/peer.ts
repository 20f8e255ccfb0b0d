import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../contender.js';

/** How a peer is found and started. */
export interface PeerProgram {
  readonly framework: Contender['framework'];
  /** Ways of running a training step; the fastest counts. */
  readonly training: readonly string[];
  /** Ways of running a prediction. */
  readonly prediction: readonly string[];
  /** Whether it can use more than one thread. */
  readonly threaded: boolean;
  /** The command that starts it, when it is installed. */
  command(python: string | undefined): readonly string[] | undefined;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** How a Python that has the modules starts a peer of this folder; nothing when there is none. */
export const pythonPeer = (module: string, file: string) => (given: string | undefined) => {
  const candidates = given ? [given] : ['.venv/bin/python', 'python3', 'python'];
  const found = candidates.find((name) => spawnSync(name, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0);
  return found ? [found, here(file)] : undefined;
};

const script = (file: string) => () => [process.execPath, '--import', here('../../scripts/typescript.mjs'), here(file)];

export const peers: Readonly<Record<string, PeerProgram>> = {
  torch: {
    framework: 'pytorch',
    training: ['eager', 'compile'],
    prediction: ['jit'],
    threaded: true,
    command: pythonPeer('torch', 'torch_peer.py'),
  },
  jax: { framework: 'jax', training: ['jit'], prediction: ['jit'], threaded: true, command: pythonPeer('jax', 'jax_peer.py') },
  tfjs: { framework: 'tfjs', training: ['wasm'], prediction: ['wasm'], threaded: false, command: script('tfjs.ts') },
  'jax-js': { framework: 'jax-js', training: ['wasm'], prediction: ['wasm'], threaded: false, command: script('jax-js.ts') },
};

/** A peer in a process of its own, waiting between commands without using the processor. */
export class Peer {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly threads: number;
  version = '';

  private constructor(name: string, child: ChildProcess, threads: number) {
    this.name = name;
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    this.threads = threads;
  }

  /** Nothing when the peer is not installed. */
  static async start(name: string, folder: string, threads: number, python: string | undefined): Promise<Peer | undefined> {
    const command = peers[name].command(python);
    return command && Peer.spawn(name, [...command, folder, String(threads)], threads);
  }

  static async spawn(name: string, [program, ...args]: readonly string[], threads: number): Promise<Peer> {
    const peer = new Peer(name, spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] }), threads);
    peer.version = (await peer.#answer<{ version: string }>('start')).version;
    return peer;
  }

  /** Its ways of running a workload. */
  contenders(workload: string): Contender[] {
    const { framework, training, prediction } = peers[this.name];
    return (workload.endsWith('-predict') ? prediction : training).map((runtime) => ({
      framework,
      runtime,
      threads: this.threads,
      ...this.way(`${workload} ${runtime}`),
    }));
  }

  /** One way of running a workload on another checkout of this library. */
  own(workload: string, runtime: string, threads: number): Contender {
    const way = `${workload} ${runtime}/${threads}`;
    return { framework: 'lemmata', runtime, threads, ...this.way(way), release: () => void this.#ask(`release ${way} 0`) };
  }

  /** What a peer answers of one way of one computation. */
  way(way: string): Pick<Contender, 'train' | 'time'> {
    return {
      train: async (steps) => (await this.#ask<{ loss: number }>(`train ${way} ${steps}`)).loss,
      time: async (seconds) => (await this.#ask<{ times: number[] }>(`time ${way} ${seconds}`)).times,
    };
  }

  /** Whether the training of this workload left its state where it computes; of our own peers. */
  async isResident(workload: string, way: string): Promise<boolean> {
    return (await this.#ask<{ resident: boolean }>(`resident ${workload} ${way} 0`)).resident;
  }

  /** Ends it at once, whatever it does. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  stop(): void {
    this.#child.stdin!.end();
  }

  #ask<T>(command: string): Promise<T> {
    this.#child.stdin!.write(`${command}\n`);
    return this.#answer(command);
  }

  async #answer<T>(command: string): Promise<T> {
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(`the process of ${this.name} ended on '${command}'; its message is above`);
      if (value.startsWith('{')) return JSON.parse(value) as T; // tfjs prints a banner
    }
  }
}
