/** An array of numbers as numpy pickles it: float64 [32-bit and 64-bit floats] or int32, row-major. */
export interface PickledArray {
  readonly shape: readonly number[];
  readonly data: Float64Array | Int32Array;
}

/** A matrix as scipy pickles it: row i has the entries indptr[i] … indptr[i + 1] of `indices`, their columns, and `data`. */
export interface PickledRows {
  readonly shape: readonly [number, number];
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly data: Float64Array;
}

/**
 * What a pickle of protocol 2 holds, of numbers, strings, lists, maps, numpy's arrays and scipy's matrices by rows alone: nothing that it
 * names is run.
 *
 * @returns a `PickledArray`, `PickledRows`, Map, list, number, string, boolean or null
 * @throws  at an instruction or a name that is none of these, and where the bytes end early
 */
export function readPickle(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const stack: unknown[] = [];
  const marks: number[] = [];
  const memo = new Map<number, unknown>();
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new Error(`pickle: it ends at byte ${bytes.length}, within an instruction: it was cut short`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const byte = () => take(1)[0];
  const int = () => {
    take(4);
    return view.getInt32(at - 4, true);
  };
  const line = () => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw new Error('pickle: a name does not end: it was cut short');
    const text = latin(take(end - at));
    at++;
    return text;
  };
  const pop = () => {
    if (stack.length === (marks.at(-1) ?? 0)) throw new Error(`pickle: nothing to take at byte ${at}: it was changed`);
    return stack.pop();
  };
  const sinceMark = () => {
    const from = marks.pop();
    if (from === undefined) throw new Error(`pickle: no mark at byte ${at}: it was changed`);
    return stack.splice(from);
  };
  const last = (count: number) => Array.from({ length: count }, pop).reverse();
  const append = (items: readonly unknown[]) => {
    const onto = stack.at(-1);
    if (!Array.isArray(onto)) throw new Error(`pickle: byte ${at} appends to what is no list`);
    onto.push(...items);
  };
  const enter = (items: readonly unknown[]) => {
    const onto = stack.at(-1);
    if (!(onto instanceof Map)) throw new Error(`pickle: byte ${at} sets items of what is no map`);
    for (let i = 0; i + 1 < items.length; i += 2) onto.set(items[i], items[i + 1]);
  };

  for (;;) {
    const op = String.fromCharCode(byte());
    if (op === '.') return finished(pop());
    switch (op) {
      case '\x80': {
        const protocol = byte();
        if (protocol > 2) throw new Error(`pickle: protocol ${protocol}; this reads up to 2`);
        break;
      }
      case 'c':
        stack.push(named(`${line()} ${line()}`));
        break;
      case 'q':
        memo.set(byte(), stack.at(-1));
        break;
      case 'r':
        memo.set(int(), stack.at(-1));
        break;
      case 'h':
      case 'j': {
        const place = op === 'h' ? byte() : int();
        if (!memo.has(place)) throw new Error(`pickle: nothing was kept at place ${place}: it was changed`);
        stack.push(memo.get(place));
        break;
      }
      case '(':
        marks.push(stack.length);
        break;
      case 'K':
        stack.push(byte());
        break;
      case 'M':
        stack.push(byte() + 256 * byte());
        break;
      case 'J':
        stack.push(int());
        break;
      case 'U':
        stack.push(take(byte()));
        break;
      case 'T':
        stack.push(take(int()));
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
      case '\x89':
        stack.push(op === '\x88');
        break;
      case ')':
      case ']':
        stack.push([]);
        break;
      case '}':
        stack.push(new Map());
        break;
      case 't':
        stack.push(sinceMark());
        break;
      case '\x85':
      case '\x86':
      case '\x87':
        stack.push(last(op.charCodeAt(0) - 0x84));
        break;
      case 'a':
        append(last(1));
        break;
      case 'e':
        append(sinceMark());
        break;
      case 's':
        enter(last(2));
        break;
      case 'u':
        enter(sinceMark());
        break;
      case 'R':
      case '\x81': {
        const [what, args] = last(2);
        if (!(what instanceof Named)) throw new Error(`pickle: byte ${at} calls what is no name`);
        stack.push(what.make(args as unknown[]));
        break;
      }
      case 'b': {
        const state = pop();
        const target = stack.at(-1);
        if (!(target instanceof Built)) throw new Error(`pickle: byte ${at} gives a state to what has none`);
        target.state = state;
        break;
      }
      default:
        throw new Error(`pickle: instruction 0x${op.charCodeAt(0).toString(16)} at byte ${at - 1} is none that data need; it is refused`);
    }
  }
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A name that a pickle may use, and what a call of it makes. */
class Named {
  readonly make: (args: unknown[]) => unknown;
  constructor(make: (args: unknown[]) => unknown) {
    this.make = make;
  }
}

/** What is made first, and told its state later. */
class Built {
  readonly kind: 'array' | 'type' | 'rows';
  readonly args: unknown[];
  state: unknown;
  constructor(kind: Built['kind'], args: unknown[]) {
    this.kind = kind;
    this.args = args;
  }
}

const built = (kind: Built['kind']) => new Named((args) => new Built(kind, args));
const NAMES: Readonly<Record<string, Named>> = {
  'numpy.core.multiarray _reconstruct': built('array'),
  'numpy ndarray': new Named(() => null),
  'numpy dtype': built('type'),
  'scipy.sparse.csr csr_matrix': built('rows'),
  'collections defaultdict': new Named(() => new Map()),
  '__builtin__ list': new Named(() => []),
};

function named(name: string): Named {
  if (!Object.hasOwn(NAMES, name))
    throw new Error(`pickle: it names ${name}, which is none of ${Object.keys(NAMES).join(', ')}; it is refused`);
  return NAMES[name];
}

/** Arrays and matrices from their states; strings from bytes. */
function finished(value: unknown): unknown {
  if (value instanceof Uint8Array) return latin(value);
  if (!(value instanceof Built)) return value;
  if (value.kind === 'array') return arrayOf(value);
  if (value.kind !== 'rows' || !(value.state instanceof Map)) throw new Error(`pickle: a ${value.kind} has no value`);
  const of = new Map([...value.state].map(([key, entry]) => [finished(key), entry]));
  const part = (key: string) => {
    const array = of.get(key);
    if (!(array instanceof Built)) throw new Error(`pickle: a matrix by rows lacks ${key}`);
    return arrayOf(array).data;
  };
  const [indptr, indices, data] = ['indptr', 'indices', 'data'].map(part);
  return { shape: of.get('_shape'), indptr: Int32Array.from(indptr), indices: Int32Array.from(indices), data: Float64Array.from(data) };
}

/** numpy's state: version, shape, type, whether columns run first, the bytes. */
function arrayOf({ state }: Built): PickledArray {
  const [, shape, type, byColumns, raw] = state as [number, number[], Built, boolean, Uint8Array];
  const code = latin(type.args[0] as Uint8Array);
  const order = (type.state as unknown[])[1];
  if (byColumns || !(order instanceof Uint8Array) || latin(order) !== '<')
    throw new Error('pickle: an array is not row-major with its low bytes first; it is refused');
  const size = shape.reduce((product, n) => product * n, 1);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const read: Record<string, [bytes: number, make: () => Float64Array | Int32Array]> = {
    i4: [4, () => Int32Array.from({ length: size }, (_, i) => view.getInt32(4 * i, true))],
    i8: [8, () => Int32Array.from({ length: size }, (_, i) => Number(view.getBigInt64(8 * i, true)))],
    f4: [4, () => Float64Array.from({ length: size }, (_, i) => view.getFloat32(4 * i, true))],
    f8: [8, () => Float64Array.from({ length: size }, (_, i) => view.getFloat64(8 * i, true))],
  };
  if (!Object.hasOwn(read, code)) throw new Error(`pickle: an array of type ${code}; this reads ${Object.keys(read).join(', ')}`);
  const [bytes, make] = read[code];
  if (raw.length !== bytes * size) throw new Error(`pickle: an array [${shape}] of ${code} has ${raw.length} bytes: it was cut short`);
  return { shape, data: make() };
}
