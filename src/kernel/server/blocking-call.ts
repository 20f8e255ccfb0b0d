import { closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { programsOf, signal } from '../programs.js';
import type { Tail } from '../protocol.js';

type Show = (cell: string, name: string, text: string) => void;

const POLL_MS = 50;
const KILL_AFTER_MS = 400;
/** A program that prints more is read and forgotten, so that the disk stays free. */
const MOST_IN_FILE = 2 ** 26;

/** A program that the main thread waits for, as by `execSync`: shows what it prints while it runs, and ends it on an interrupt. */
export class BlockingCall {
  readonly #show: Show;
  #tails: OpenTail[] = [];
  #spare: number[] | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(show: Show) {
    this.#show = show;
  }

  begin(cell: string, tails: Tail[], spare: number[]): void {
    this.#spare = spare;
    this.#tails = tails.map((tail) => new OpenTail(tail, (text) => this.#show(cell, tail.name, text)));
    if (tails.length) this.#poll = setInterval(() => this.#read(), POLL_MS);
  }

  end(): void {
    clearInterval(this.#poll);
    this.#read();
    for (const tail of this.#tails.splice(0)) tail.close();
    this.#spare = undefined;
  }

  /** Ends what the call started, and none of the programs that cells run beside. */
  interrupt(): void {
    const spare = this.#spare;
    if (!spare) return;
    const end = (how: NodeJS.Signals) => {
      for (const pid of programsOf(process.pid, new Set(spare))) signal(pid, how);
    };
    end('SIGINT');
    setTimeout(() => this.#spare === spare && end('SIGKILL'), KILL_AFTER_MS);
  }

  #read(): void {
    for (const tail of this.#tails) tail.read();
  }
}

/** A file that another process appends to. */
class OpenTail {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #show: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #buffer = Buffer.alloc(2 ** 18);
  #at = 0;

  constructor({ file }: Tail, show: (text: string) => void) {
    this.#file = file;
    this.#show = show;
    this.#descriptor = openSync(file, 'r+');
  }

  read(): void {
    for (let count = -1; count !== 0; ) {
      count = readSync(this.#descriptor, this.#buffer, 0, this.#buffer.length, this.#at);
      this.#at += count;
      const text = this.#decoder.write(this.#buffer.subarray(0, count));
      if (text) this.#show(text);
      if (this.#at > MOST_IN_FILE) break;
    }
    if (this.#at <= MOST_IN_FILE || fstatSync(this.#descriptor).size <= MOST_IN_FILE) return;
    ftruncateSync(this.#descriptor);
    this.#at = 0;
  }

  close(): void {
    closeSync(this.#descriptor);
    rmSync(dirname(this.#file), { recursive: true, force: true });
  }
}
