type Holder = Record<PropertyKey, unknown>;

const GLOBALS = [
  ...['AggregateError', 'Array', 'ArrayBuffer', 'Atomics', 'BigInt', 'Boolean', 'DataView', 'Date', 'Error', 'FinalizationRegistry'],
  ...['Function', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'Proxy', 'RangeError', 'ReferenceError', 'Reflect', 'RegExp'],
  ...['Set', 'SharedArrayBuffer', 'String', 'Symbol', 'SyntaxError', 'TypeError', 'Uint8Array', 'WeakMap', 'WeakRef', 'WeakSet'],
  ...['AbortController', 'AbortSignal', 'Buffer', 'TextDecoder', 'TextEncoder', 'URL', 'console', 'process', 'queueMicrotask'],
  ...['clearImmediate', 'clearInterval', 'clearTimeout', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone'],
];
const HOLDERS: Record<string, Holder> = {
  '': globalThis as unknown as Holder,
  JSON: JSON as unknown as Holder,
  Reflect: Reflect as unknown as Holder,
  process: process as unknown as Holder,
};
for (const type of [Object, Function, Array, String, Number, Promise, Map, Set, WeakMap, Symbol, RegExp, Error, Uint8Array]) {
  HOLDERS[type.name] = type as unknown as Holder;
  HOLDERS[`${type.name}.prototype`] = type.prototype as unknown as Holder;
}
/** Added to every object, one of these changes what property descriptors and promises are. */
const CONFUSING = ['get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'then'];

interface Part {
  place: string;
  holder: Holder;
  key: PropertyKey;
  original: unknown;
}

/** JavaScript's own objects as they were before the first cell: what the kernel itself, which shares them with the cells, cannot do without. */
export class Intrinsics {
  readonly #parts: Part[] = [];

  constructor() {
    for (const [name, holder] of Object.entries(HOLDERS))
      for (const key of name ? Reflect.ownKeys(holder) : GLOBALS) {
        const descriptor = Object.getOwnPropertyDescriptor(holder, key);
        const original = name ? descriptor?.value : holder[key];
        const place = [name, typeof key === 'symbol' ? String(key) : key].filter(Boolean).join('.');
        if (descriptor?.configurable && isBuiltIn(original)) this.#parts.push({ place, holder, key, original });
      }
  }

  /**
   * Puts back what a cell deleted or replaced by something of another kind. What a cell adds or replaces by a working part of its own
   * stays as it is.
   *
   * @returns the names of what was put back
   */
  repair(): string[] {
    const broken: string[] = [];
    for (let i = 0; i < CONFUSING.length; i++)
      if (hasOwn(Object.prototype, CONFUSING[i]) && deleteProperty(Object.prototype, CONFUSING[i]))
        append(broken, `Object.prototype.${CONFUSING[i]}`);
    for (let i = 0; i < this.#parts.length; i++) {
      const { place, holder, key, original } = this.#parts[i];
      if (typeof read(holder, key) === typeof original) continue;
      const descriptor = { __proto__: null, value: original, writable: true, enumerable: false, configurable: true };
      if (defineProperty(holder, key, descriptor)) append(broken, place);
    }
    return broken;
  }
}

// Taken before a cell could replace them.
const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;
const hasOwn = (holder: object, key: PropertyKey) => getOwnPropertyDescriptor(holder, key) !== undefined;
const isBuiltIn = (value: unknown) => typeof value === 'function' || (typeof value === 'object' && value !== null);

function read(holder: Holder, key: PropertyKey): unknown {
  try {
    return holder[key] ?? undefined;
  } catch {
    return undefined;
  }
}

function append(list: string[], text: string): void {
  defineProperty(list, list.length, {
    __proto__: null,
    value: text,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}
