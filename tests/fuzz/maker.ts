import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../src/base/shape.js';
import { type DType, type Leaf, type Node, tensorOf } from './program.js';
import type { Random } from './random.js';
import { broadcast } from './shapes.js';
import { FLOATS, type FloatClass, INTEGERS, type IntegerClass, PLAIN } from './values.js';

/** What an operator asks of an operand. */
export interface Want {
  readonly dtype?: DType;
  /** Least and largest rank. */
  readonly rank?: readonly [number, number];
  /** Where the operator is defined and smooth enough to tell: most operands lie inside, some do not. */
  readonly domain?: readonly [number, number];
  /** Another condition on the shape. */
  readonly fits?: (shape: readonly number[]) => boolean;
  /** A shape for a new array; else a random one of the rank. */
  readonly shape?: readonly number[];
}

/** The largest array that an operator may make here. */
const LARGEST = 6000;

/** The graph that is being drawn: its nodes, their tensors by tfjs, and choices of operands among them. */
export class Maker {
  readonly nodes: Node[] = [];
  readonly tensors: tf.Tensor[] = [];
  readonly r: Random;
  readonly #special: FloatClass | undefined;
  readonly #large: boolean;

  constructor(r: Random, special: FloatClass | undefined, large: boolean) {
    this.r = r;
    this.#special = special;
    this.#large = large;
  }

  shapeOf(node: number): number[] {
    return this.tensors[node].shape;
  }

  /** A size along one axis: small, odd or even, seldom 0, in large graphs up to 130. */
  size(): number {
    const { r } = this;
    if (this.#large && r.chance(0.5)) return r.one([64, 65, 96, 130]);
    return r.chance(0.02) ? 0 : r.one([1, 2, 3, 3, 4, 5, 7, 8]);
  }

  shape(low = 0, high = 5): number[] {
    const rank = Math.min(this.r.one([0, 1, 1, 2, 2, 2, 3, 3, 4, 5].filter((n) => n >= low && n <= high)) ?? low, high);
    const shape = Array.from({ length: rank }, () => this.size());
    while (sizeOf(shape) > (this.#large ? LARGEST : 400)) {
      const widest = shape.indexOf(Math.max(...shape));
      shape[widest] = Math.ceil(shape[widest] / 2);
    }
    return shape;
  }

  /** A node that fits, or a new leaf. */
  pick(want: Want = {}): number {
    const { dtype = 'float32', rank: [low, high] = [0, 5], domain, fits } = want;
    const ignoresDomain = this.r.chance(0.15);
    const found = this.tensors.flatMap((t, i) => {
      const fitting = t.dtype === dtype && t.rank >= low && t.rank <= high && (fits?.(t.shape) ?? true);
      return fitting && (!domain || ignoresDomain || within(t, domain)) ? [i] : [];
    });
    const wantsShape = want.shape && this.r.chance(0.3);
    if (found.length > 0 && !wantsShape && this.r.chance(0.8)) return this.r.chance(0.5) ? found.at(-1)! : this.r.one(found);
    let shape = want.shape ?? this.shape(low, high);
    for (let i = 0; fits && !want.shape && !fits(shape) && i < 20; i++) shape = this.shape(low, high);
    return this.leaf(shape, dtype, ignoresDomain ? undefined : domain);
  }

  /** An operand that broadcasts with one of this shape. */
  partner(shape: readonly number[], want: Want = {}): number {
    const { r } = this;
    const fits = (other: readonly number[]) => {
      const joined = broadcast(shape, other);
      return joined !== undefined && sizeOf(joined) <= LARGEST;
    };
    const narrow = shape.map((n) => (r.chance(0.4) ? 1 : n));
    const forms = [shape, shape, narrow, shape.slice(r.whole(0, shape.length)), narrow.slice(r.whole(0, shape.length)), []];
    return this.pick({ ...want, fits: (other) => fits(other) && (want.fits?.(other) ?? true), shape: r.one(forms) });
  }

  leaf(shape: readonly number[], dtype: DType, domain?: readonly [number, number], values?: IntegerClass | 'label'): number {
    const { r } = this;
    const constant = this.nodes.length > 0 && r.chance(0.15);
    const splat = constant && r.chance(0.3);
    const { draw, name } = this.#values(dtype, domain, values);
    const first = draw();
    const data = Array.from({ length: sizeOf(shape) }, (_, i) => (i === 0 || splat ? first : draw()));
    return this.add({ shape: [...shape], dtype, data, constant, values: name });
  }

  /** Integers low … high, such as indices. */
  integers(shape: readonly number[], low: number, high: number): number {
    const data = Array.from({ length: sizeOf(shape) }, () => this.r.whole(low, high));
    return this.add({ shape: [...shape], dtype: 'int32', data, constant: this.r.chance(0.3), values: 'index' });
  }

  /** Keeps a leaf of given values. */
  add(leaf: Leaf): number {
    this.nodes.push(leaf);
    this.tensors.push(tensorOf(leaf));
    return this.nodes.length - 1;
  }

  axis(node: number): number {
    const { length } = this.shapeOf(node);
    const axis = this.r.whole(0, length - 1);
    return this.r.chance(0.2) ? axis - length : axis;
  }

  /** Some axes, at least one; undefined for all. */
  axes(node: number): number[] | undefined {
    const { length } = this.shapeOf(node);
    if (length === 0 || this.r.chance(0.3)) return undefined;
    const all = this.r.shuffled(Array.from({ length }, (_, i) => i));
    return all.slice(0, this.r.whole(1, length));
  }

  #values(dtype: DType, domain: readonly [number, number] | undefined, values?: string): { draw: () => number; name: string } {
    const { r } = this;
    if (dtype === 'bool') return { draw: () => Number(r.chance(0.5)), name: 'bool' };
    if (dtype === 'int32') {
      const name = (values ??
        r.one(['small', 'small', 'signed', 'signed', 'beyond24', this.#special ? 'extreme' : 'signed'])) as IntegerClass;
      return { draw: () => INTEGERS[name](r), name };
    }
    if (this.#special && r.chance(0.5)) return { draw: () => Math.fround(FLOATS[this.#special!](r)), name: this.#special };
    if (domain) {
      const [low, high] = [Math.max(domain[0], -4), Math.min(domain[1], Math.max(4, domain[0] + 4))];
      return { draw: () => Math.fround(low + (high - low) * r.uniform()), name: 'domain' };
    }
    const name = r.one(PLAIN);
    return { draw: () => Math.fround(FLOATS[name](r)), name };
  }
}

function within(t: tf.Tensor, [low, high]: readonly [number, number]): boolean {
  const data = t.dataSync();
  for (const x of data) if (!(x >= low && x <= high)) return false;
  return true;
}
