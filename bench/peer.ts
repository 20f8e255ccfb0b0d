import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type Variant = 'eager' | 'compile';

/** PyTorch in a process of its own, waiting between commands without using the processor. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly version: string;

  private constructor(child: ChildProcess, answers: AsyncIterator<string>, version: string) {
    this.#child = child;
    this.#answers = answers;
    this.version = version;
  }

  /** Nothing when no Python here has torch. */
  static async start(folder: string, threads: number, python: string | undefined): Promise<Peer | undefined> {
    const candidates = python ? [python] : ['.venv/bin/python', 'python3', 'python'];
    const found = candidates.find((name) => spawnSync(name, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0);
    if (!found) return undefined;
    const child = spawn(found, [fileURLToPath(new URL('peer.py', import.meta.url)), folder, String(threads)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value } = await answers.next();
    return new Peer(child, answers, (JSON.parse(value!) as { version: string }).version);
  }

  async train(workload: string, variant: Variant, steps: number): Promise<number> {
    return (await this.#ask<{ loss: number }>(`train ${workload} ${variant} ${steps}`)).loss;
  }

  async time(workload: string, variant: Variant, seconds: number): Promise<number[]> {
    return (await this.#ask<{ times: number[] }>(`time ${workload} ${variant} ${seconds}`)).times;
  }

  stop(): void {
    this.#child.stdin!.end();
  }

  async #ask<T>(command: string): Promise<T> {
    this.#child.stdin!.write(`${command}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`PyTorch's process ended on '${command}'; its message is above`);
    return JSON.parse(value) as T;
  }
}
