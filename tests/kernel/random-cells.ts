import vm from 'node:vm';

/** A cell, and the same as a plain script: in a script every top-level name is one variable of the whole program. */
export interface RandomCell {
  cell: string;
  script: string;
}

const VARIABLES = ['a', 'b', 'c', 'd', 'e', 'g'];
const FUNCTIONS = ['f0', 'f1', 'f2', 'f3'];

/** Values that no output can hold, or hardly; each as it stands in a cell. */
const VALUES = [
  '2n ** 80n',
  '() => 1',
  "Symbol('s')",
  'new Map([[1, 2]])',
  'new Set([1])',
  '(() => { const loop: any = {}; loop.loop = loop; return loop; })()',
  '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()',
  "new Proxy({}, { get() { throw new Error('trap'); }, ownKeys() { throw new Error('trap'); } })",
  "{ get x(): number { throw new Error('getter'); } }",
  'new Float64Array(3)',
  'new Date(NaN)',
  'Object.create(null)',
  'null',
  'undefined',
  'NaN',
  'new WeakMap()',
  'Promise.resolve(1)',
  '(function* () { yield 1; })()',
  'new Error("shown")',
  "'x'.repeat(200_000)",
  'globalThis',
  'process',
];
const THROWN = [
  'null',
  'undefined',
  '5n',
  "Symbol('t')",
  "Object.assign(new Error('n'), { name: 5 })",
  "Object.freeze(new Error('cold'))",
  "new Error('m'.repeat(50_000))",
  "{ get message() { throw new Error('no message'); } }",
  "new AggregateError([new Error('1')], 'many')",
  '(() => { const e: any = new Error("self"); e.cause = e; return e; })()',
];
const FLOODS = [
  "for (let i = 0; i < 30_000; i++) console.log('a line of a flood', i);",
  "process.stdout.write('y'.repeat(3_000_000));",
  "for (let i = 0; i < 1500; i++) (globalThis as any)[Symbol.for('lemmata.display')]({ 'text/plain': 'n' });",
  "Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => ['key' + i, i]))",
  'Array.from({ length: 1e6 }, (_, i) => i)',
  'const overflow = (): number => overflow() + 1; overflow();',
];
const ATTACKS = [
  'process.exit(3);',
  'process.removeAllListeners();',
  "setTimeout(() => { throw new Error('late'); }, 1);",
  "Promise.reject(new Error('nobody'));",
  '(globalThis as any).Promise = 7;',
  '(Array.prototype as any).map = undefined;',
  'delete (globalThis as any).setTimeout;',
  '(Object.prototype as any).then = () => {}; 1',
  "const bad: number = 'text';",
  'let = ;',
  "import { nothing } from './nowhere.js';",
];

/** Cells by a seed: declarations, redefinitions, throws, outputs of any value, long words, floods, attacks. */
export class RandomCells {
  #state: number;
  /** What is declared by now, and whether it may be assigned. */
  readonly #isVariable = new Map<string, boolean>();
  readonly #functions = new Set<string>();
  /** In the cell that is being made. */
  readonly #declared = new Set<string>();
  readonly #mentioned = new Set<string>();

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): RandomCell {
    this.#declared.clear();
    this.#mentioned.clear();
    const kind = this.#below(100);
    if (kind < 8) return this.#only(`({ toMime: () => ({ 'application/json': { at: [${this.#pick(VALUES)}] }, 'text/plain': 'p' }) })`);
    if (kind < 14) return this.#only(`(${this.#pick(VALUES)})`);
    if (kind < 19) return this.#only(`throw ${this.#pick(THROWN)};`);
    if (kind < 22) return this.#only(this.#pick(FLOODS));
    if (kind < 28) return this.#only(this.#pick(ATTACKS));
    if (kind < 31) return this.#only(`'${'w'.repeat(10_000 + this.#below(40_000))}'.length`);
    if (kind < 45) return this.#function();
    if (kind < 55) return this.#broken();
    const parts = Array.from({ length: 1 + this.#below(3) }, () => this.#statement());
    return { cell: parts.map(({ cell }) => cell).join('\n'), script: parts.map(({ script }) => script).join('\n') };
  }

  /** Every name with its value, as an expression. */
  get names(): string {
    return `JSON.stringify([${[...this.#isVariable.keys(), ...[...this.#functions].map((name) => `${name}()`)].join()}])`;
  }

  #only = (cell: string): RandomCell => ({ cell, script: '' });

  #statement(): RandomCell {
    const name = this.#pick(VARIABLES);
    // The compiler refuses a name that stands before its declaration, and two declarations of one name.
    const isFree = !this.#mentioned.has(name) && !this.#declared.has(name);
    const value = this.#expression();
    const kind = this.#below(6);
    if (kind === 4) return { cell: 'await null;', script: '' };
    if (kind === 5 || !isFree) return this.#assignment(value);
    const isOlder = this.#isVariable.has(name);
    this.#declared.add(name);
    this.#isVariable.set(name, kind !== 0);
    if (kind === 0) return { cell: `const ${name} = ${value};`, script: `${name} = ${value};` };
    if (kind === 1) return { cell: `let ${name}: number = ${value};`, script: `${name} = ${value};` };
    if (kind === 2 || !isOlder)
      return { cell: `let [${name} = 3] = [${value}] as (number | undefined)[];`, script: `[${name} = 3] = [${value}];` };
    return { cell: `let ${name} = (${name} + ${value}) % 1000;`, script: `${name} = (${name} + ${value}) % 1000;` };
  }

  #assignment(value: string): RandomCell {
    const names = [...this.#isVariable].filter(([, isVariable]) => isVariable).map(([name]) => name);
    if (names.length < 2) return { cell: '0;', script: '' };
    const [x, y] = [this.#pick(names), this.#pick(names)];
    for (const name of [x, y]) this.#mentioned.add(name);
    const text = this.#pick([`${x} = ${value};`, `${x} += ${value}; ${x} %= 1000;`, `[${x}, ${y}] = [${y}, ${x}];`, `${x}++;`]);
    return { cell: `;${text}`, script: `;${text}` };
  }

  /** A function of the variables, called by later cells whatever they mean then. */
  #function(): RandomCell {
    const name = this.#pick(FUNCTIONS);
    const body = this.#expression(false);
    this.#functions.add(name);
    const script = `${name} = function () { return ${body}; };`;
    return this.#pick([
      { cell: `function ${name}(): number { return ${body}; }`, script },
      { cell: `const ${name} = (): number => ${body};`, script },
      { cell: `let ${name} = function (): number { return ${body}; };`, script },
    ]);
  }

  /** A cell that fails between two statements. */
  #broken(): RandomCell {
    const before = this.#statement();
    const failing = "if (Date.now() > 0) throw new Error('half-way');";
    return { cell: `${before.cell}\n${failing}\nlet ${this.#pick(['x1', 'x2'])} = 1;`, script: before.script };
  }

  /** A sum of numbers, variables and, at the top level, calls. */
  #expression(calls = true): string {
    const variables = this.#some([...this.#isVariable.keys()]);
    for (const name of variables) this.#mentioned.add(name);
    const terms = [String(this.#below(100)), ...variables];
    if (calls) terms.push(...this.#some([...this.#functions]).map((name) => `${name}()`));
    return `(${terms.join(' + ')}) % 1000`;
  }

  #some = (names: string[]) => names.filter(() => this.#below(3) === 0);

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)];
  }

  /** Mulberry32. */
  #below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }
}

/** A fresh program that the scripts run in. */
export class FreshProgram {
  readonly #context = vm.createContext({});

  run(script: string): void {
    vm.runInContext(script, this.#context);
  }

  value(expression: string): string {
    return vm.runInContext(expression, this.#context);
  }
}
