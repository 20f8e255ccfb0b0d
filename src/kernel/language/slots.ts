import type { Checker } from './checker.js';

const STEP = 24;

/** The names that a cell takes from one slot, as an import clause says them: `price`, `price as p`. */
export type Borrowed = ReadonlyMap<number, readonly string[]>;

/**
 * The files that the cells with names become. They exist before any cell does, and each imports all before it, in order and mostly in
 * vain: so a new cell changes the text of a file and nothing in who imports whom. To take up such a change costs the compiler 2 ms;
 * a new file or import would let it resolve the imports of the whole program again.
 */
export class Slots {
  readonly #checker: Checker;
  #used = 0;
  #count = 0;

  constructor(checker: Checker) {
    this.#checker = checker;
    this.#grow();
  }

  /** The import statements of the cell that is asked about. */
  imports(borrowed: Borrowed): string[] {
    return importsOf(borrowed, this.#count);
  }

  /** Keeps a cell's module, and says in which slot. */
  take(code: string, borrowed: Borrowed, exports: string): number {
    if (this.#used === this.#count) this.#grow();
    const slot = this.#used++;
    this.#checker.write(this.#checker.fileOf(nameOf(slot)), [code, ...importsOf(borrowed, slot), exports].join('\n'));
    return slot;
  }

  #grow(): void {
    for (const end = this.#count + STEP; this.#count < end; this.#count++)
      this.#checker.write(this.#checker.fileOf(nameOf(this.#count)), [...importsOf(new Map(), this.#count), 'export {};'].join('\n'));
  }
}

const nameOf = (slot: number) => `$cell${slot}`;

const importsOf = (borrowed: Borrowed, count: number) =>
  Array.from({ length: count }, (_, slot) => `import { ${(borrowed.get(slot) ?? []).join(', ')} } from './${nameOf(slot)}';`);
