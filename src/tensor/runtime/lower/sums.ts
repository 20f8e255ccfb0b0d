import { sizeOf } from '../../../base/index.js';
import { constantOf, type GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Rewrite, Rewrites } from './rewrite.js';

/*
 * Sums in blocks. Both runtimes add in float32, one term after another or in a few lanes, and the error grows with the number of terms:
 * OpenVINO 2026.4 makes 2²⁶ · 1.5 a third of what it is. Sums of blocks, then the sum of those, keep it at 10⁻⁶ Σ|x| at any length (Higham
 * 2002, section 4.2; for the worst of all constants 1.7·10⁻⁶ along a leading axis of 64² terms), and are faster too: 2²⁰ numbers take OpenVINO 0.2 ms instead of 1.8.
 */

/** How many terms one accumulator may take: at 128 the error of a constant's sum reaches 10⁻⁶. */
const IN_ORDER = 64;
/** How many it takes where sums are in many levels. In two, as every bias's gradient, 64 are 4 % of a Transformer's step faster. */
const BLOCK = 32;
/** How many terms a sum along the last axis takes, which both runtimes spread over 8 lanes or more. */
const IN_LANES = 512;
/** How many a dot product takes, whose error is 7·10⁻⁷ then; in blocks, the last layer of a small network makes its prediction a fifth slower. */
const IN_DOT = 256;
/** Where a length has no block of at least this, whole blocks and the rest are summed apart. */
const SHORTEST = 8;
/** From this many rows on, a row of ones times a matrix is several times as fast as ReduceSum: 10 % of an MLP's step. */
const MANY_ROWS = 64;

/** An array as what lies before the axis that is summed, that axis, and what lies behind it. */
type Around = readonly [outer: number, n: number, inner: number];

const blocked: Rewrite = (g, { op, inputs: [x, along], outputs: [y] }) => {
  if (x.dtype !== 'float32') return undefined;
  const axes = Array.from(constantOf(along) as BigInt64Array, Number);
  const groups = runs(x.shape, axes);
  if (isExact(x, axes, groups)) return undefined;
  // The last axes first, which leaves those before them in their places.
  const sum = groups.reduceRight((rest, group) => total(g, rest, group), x);
  // Divided by at the end, where weights of 1/n would be rounded.
  const value = op === 'ReduceSum' ? sum : g.binary('Div', sum, g.scalar(sizeOf(x.shape) / sizeOf(y.shape)));
  return [g.reshape(value, y.shape)];
};

/** The runs of neighbouring axes among those that are summed, each as it lies when the ones behind it are summed already. */
function runs(shape: readonly number[], axes: readonly number[]): Around[] {
  const groups: Around[] = [];
  let kept = 1;
  let previous: 'summed' | 'kept' | undefined;
  let outer = sizeOf(shape);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis];
    if (n === 1) continue;
    outer /= n;
    if (!axes.includes(axis)) {
      kept *= n;
      previous = 'kept';
    } else if (previous === 'summed') groups[0] = [outer, groups[0][1] * n, kept];
    else groups.unshift([outer, n, kept]);
    if (axes.includes(axis)) previous = 'summed';
  }
  return groups;
}

/** Whether the plain operator adds few enough terms to each accumulator. */
function isExact(x: Value, axes: readonly number[], groups: readonly Around[]): boolean {
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1);
  if (count < MANY_ROWS || groups.length === 0) return true;
  const [[outer, n, inner]] = groups;
  if (groups.length > 1) return count <= IN_ORDER;
  if (inner > 1) return outer > 1 && n <= IN_ORDER;
  return n <= IN_LANES && x.shape.length > 1 && x.shape.at(-1) === n;
}

/** The sum of x [outer, n, inner] over its middle axis, [outer, inner]. */
function total(g: GraphBuilder, x: Value, [outer, n, inner]: Around): Value {
  if (n === 1) return g.reshape(x, [outer, inner]);
  const isLast = inner === 1;
  if (n > (isLast ? IN_LANES : IN_ORDER)) {
    const inRows = isLast && outer > 1;
    const block = blockOf(n, inRows ? IN_LANES : isLast || n > IN_ORDER ** 2 ? BLOCK : IN_ORDER);
    if (block === undefined) return inTwo(g, x, [outer, n, inner]);
    const blocks = n / block;
    // Blocks of neighbours; of a vector every so many, as a product, since OpenVINO would make one sum of two that follow one another.
    const isVector = isLast && outer === 1;
    const first = isVector ? ofRows(g, x, block, blocks) : total(g, x, [outer * blocks, block, inner]);
    return total(g, first, [outer, blocks, inner]);
  }
  if (isLast) return g.reduce('ReduceSum', g.reshape(x, [outer, n]), [1]);
  return outer > 1 ? g.reduce('ReduceSum', g.reshape(x, [outer, n, inner]), [1]) : ofRows(g, x, n, inner);
}

/** The sum of x [n, inner] over its first axis as a row of ones times the matrix. */
function ofRows(g: GraphBuilder, x: Value, n: number, inner: number): Value {
  const [row] = g.once(`ones ${n}`, () => [g.constant(new Float64Array(n).fill(1), [1, n], 'float32')]);
  return g.gemm(row, g.reshape(x, [n, inner]));
}

/** The longest block of at most `most` terms that n is a multiple of. */
function blockOf(n: number, most: number): number | undefined {
  for (let block = most; block >= SHORTEST; block--) if (n % block === 0) return block;
  return undefined;
}

/** The sum of as many terms as blocks take, and of the rest. */
function inTwo(g: GraphBuilder, x: Value, [outer, n, inner]: Around): Value {
  const whole = n - (n % BLOCK);
  const lying = g.reshape(x, [outer, n, inner]);
  const parts = [
    [0, whole],
    [whole, n],
  ].map(([from, to]) => total(g, g.slice(lying, [1], [from], [to]), [outer, to - from, inner]));
  return g.binary('Add', g.reshape(parts[0], [outer, inner]), g.reshape(parts[1], [outer, inner]));
}

const cumulative: Rewrite = (g, { inputs: [x, along], attributes, outputs: [y] }) => {
  const axis = Number(constantOf(along)![0]);
  const n = x.shape[axis];
  if (x.dtype !== 'float32' || n <= IN_ORDER) return undefined;
  const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  return [g.reshape(running(g, g.reshape(x, [outer, n, inner]), attributes.exclusive === 1, attributes.reverse === 1), y.shape)];
};

/** The running sum of x [outer, n, inner] along its middle axis: within each block, and what the blocks before it come to. */
function running(g: GraphBuilder, x: Value, exclusive: boolean, reverse: boolean): Value {
  const [outer, n, inner] = x.shape;
  const plain = (value: Value, axis: number, exclusive: boolean) => {
    const along = g.constant(BigInt64Array.of(BigInt(axis)), [], 'int64');
    return g.node('CumSum', [value, along], value, { exclusive: Number(exclusive), reverse: Number(reverse) });
  };
  if (n <= IN_ORDER) return plain(x, 1, exclusive);
  const blocks = Math.ceil(n / IN_ORDER);
  const missing = blocks * IN_ORDER - n;
  const filled = missing > 0 ? g.concat([x, g.expand(g.scalar(0), [outer, missing, inner])], 1) : x;
  const cut = g.reshape(filled, [outer * blocks, IN_ORDER, inner]);
  const within = g.reshape(plain(cut, 1, exclusive), [outer, blocks, IN_ORDER, inner]);
  const sums = g.reshape(g.reduce('ReduceSum', cut, [1]), [outer, blocks, inner]);
  const before = g.reshape(running(g, sums, true, reverse), [outer, blocks, 1, inner]);
  const whole = g.reshape(g.binary('Add', within, before), [outer, blocks * IN_ORDER, inner]);
  return g.slice(whole, [1], [0], [n]);
}

/**
 * A dot product, and a vector times a matrix of few columns, as sums: products of larger matrices add in blocks by themselves (10⁻⁵ Σ|xy| at
 * most, of equal numbers), these do not.
 */
const dots: Rewrite = (g, { inputs: [x, y, ...rest], attributes, outputs: [product] }) => {
  const [rows, columns] = product.shape;
  const inner = x.shape[attributes.transA ? 0 : 1];
  const others = rows * columns;
  if (x.dtype !== 'float32' || rest.length > 0 || (rows > 1 && columns > 1)) return undefined;
  if (inner <= (others === 1 ? IN_DOT : IN_LANES) || others > MANY_ROWS) return undefined;
  const [vector, matrix, isTransposed] = rows === 1 ? [x, y, attributes.transB] : [y, x, !attributes.transA];
  const terms = isTransposed
    ? g.binary('Mul', g.reshape(matrix, [others, inner]), g.reshape(vector, [1, inner]))
    : g.binary('Mul', g.reshape(matrix, [inner, others]), g.reshape(vector, [inner, 1]));
  return [g.reshape(total(g, terms, isTransposed ? [others, inner, 1] : [1, inner, others]), product.shape)];
};

/** Sums, means, running sums and dot products whose error does not grow with their length. */
export const sums: Rewrites = { ReduceSum: blocked, ReduceMean: blocked, CumSum: cumulative, Gemm: dots };
