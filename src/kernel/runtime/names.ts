/** A top-level name of the notebook, whichever cell declared it last. Reading and writing `value` is what the name means in every cell. */
export interface Name {
  value: unknown;
}

/**
 * The notebook's top-level names. A cell's code reaches each through its one record, so a new meaning holds from the statement that gives
 * it, also in functions of older cells, as in Python's kernel.
 *
 * A record is an object with a shape of its own: V8 then keeps its number unboxed, and a loop that adds to it is as fast as one over a
 * local variable.
 */
export class Names {
  readonly #names = new Map<string, Name>();

  /** The record of a name. Before the name has a value, reading it throws as JavaScript does. */
  of(name: string): Name {
    const known = this.#names.get(name);
    if (known) return known;
    const record: Name = Object.create(unassigned(name));
    this.#names.set(name, record);
    return record;
  }

  /** Lets `name` mean what `read` gives at each use: an import is a live binding. */
  bind(name: string, read: () => unknown): void {
    const record = this.of(name);
    delete (record as Partial<Name>).value;
    Object.defineProperty(Object.getPrototypeOf(record), 'value', { get: read, set: assign, configurable: true });
  }

  /** `var` without a value is undefined; one that an earlier cell gave a value keeps it. */
  hoist(name: string): void {
    if (!this.has(name)) this.of(name).value = undefined;
  }

  has(name: string): boolean {
    try {
      return this.#names.has(name) && [this.of(name).value].length > 0;
    } catch {
      return false;
    }
  }

  /** Every name that has a value, in the order of first mention. */
  entries(): [name: string, value: unknown][] {
    return [...this.#names.keys()].filter((name) => this.has(name)).map((name) => [name, this.of(name).value]);
  }
}

function assign(this: Name, value: unknown): void {
  Object.defineProperty(this, 'value', { value, writable: true, enumerable: true, configurable: true });
}

const unassigned = (name: string): object => ({
  get value(): unknown {
    // `declare const clock: Clock` only gives a type to what stands in the global scope.
    if (name in globalThis) return (globalThis as Record<string, unknown>)[name];
    throw new ReferenceError(`Cannot access '${name}' before initialization`);
  },
  set value(value: unknown) {
    assign.call(this as Name, value);
  },
});
