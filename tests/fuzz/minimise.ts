import { sizeOf } from '../../src/base/shape.js';
import { valuesOf } from './check.js';
import { isLeaf, type Leaf, type Program, pruned, withArgument } from './program.js';

/** Whether a program still shows what is to be shown; `enough` that it is small enough. */
export type Shows = (program: Program) => Promise<boolean | 'enough'>;

/**
 * The smallest program found that still shows it: fewer outputs, operators replaced by what they gave, shorter axes, plainer numbers.
 *
 * @param most  how many programs may be tried
 */
export async function minimise(program: Program, shows: Shows, most = 160): Promise<Program> {
  let best = program;
  let left = most;
  const better = async (candidates: Iterable<Program | undefined>): Promise<boolean> => {
    for (const candidate of candidates) {
      if (!candidate || left-- <= 0) continue;
      const smaller = withArgument(pruned(candidate));
      const shown = await shows(smaller).catch(() => false);
      if (!shown) continue;
      best = smaller;
      if (shown === 'enough') left = 0;
      return true;
    }
    return false;
  };
  const steps = [withoutGradient, fewerOutputs, withCuts, withBypasses, withShorterAxes, withPlainerNumbers];
  for (let found = true; found && left > 0; ) {
    found = false;
    for (const step of steps) while (left > 0 && (await better(step(best)))) found = true;
  }
  return best;
}

function* fewerOutputs(program: Program): Generator<Program> {
  if (program.outputs.length > 1) for (const output of program.outputs) yield { ...program, outputs: [output] };
}

function* withoutGradient(program: Program): Generator<Program> {
  if (program.gradient) yield { ...program, gradient: false };
}

/** An operator's result becomes an array that is given; first all operands of an output at once. */
function* withCuts(program: Program): Generator<Program> {
  const calls = program.nodes.flatMap((node, i) => (isLeaf(node) ? [] : [i]));
  if (calls.length < 2) return;
  const values = valuesOf(program);
  const cut = (some: ReadonlySet<number>): Program => ({
    ...program,
    nodes: program.nodes.map((node, i) => (some.has(i) ? { ...values[i], constant: false, values: 'cut' } : node)),
  });
  for (const output of program.outputs) {
    const node = program.nodes[output];
    if (!isLeaf(node)) yield cut(new Set(node.inputs.filter((i) => !isLeaf(program.nodes[i]))));
  }
  for (const i of calls) if (!program.outputs.includes(i)) yield cut(new Set([i]));
}

/** An operator is left out where an operand has its result's shape and type, or the output is one of its operands. */
function* withBypasses(program: Program): Generator<Program> {
  const values = valuesOf(program);
  for (const [i, node] of program.nodes.entries()) {
    if (isLeaf(node)) continue;
    for (const input of node.inputs) {
      const [from, to] = [values[input], values[i]];
      if (program.outputs.includes(i) && !isLeaf(program.nodes[input]))
        yield { ...program, outputs: program.outputs.map((o) => (o === i ? input : o)) };
      if (from.dtype !== to.dtype || `${from.shape}` !== `${to.shape}`) continue;
      const swap = (n: number) => (n === i ? input : n);
      yield {
        ...program,
        nodes: program.nodes.map((other) => (isLeaf(other) ? other : { ...other, inputs: other.inputs.map(swap) })),
        outputs: program.outputs.map(swap),
      };
    }
  }
}

/** All axes of one length become shorter, or one axis of one array. */
function* withShorterAxes(program: Program): Generator<Program> {
  const leaves = program.nodes.flatMap((node, i) => (isLeaf(node) ? [[i, node] as const] : []));
  const lengths = [...new Set(leaves.flatMap(([, { shape }]) => shape))].filter((n) => n > 1).sort((a, b) => b - a);
  const shorter = (n: number) => [...new Set([1, n >> 1, n - 1])].filter((m) => m > 0 && m < n);
  for (const n of lengths)
    for (const m of shorter(n))
      yield withLeaves(program, (leaf) => leaf.shape.reduce((short, size, axis) => (size === n ? cutAxis(short, axis, m) : short), leaf));
  for (const [i, { shape }] of leaves)
    for (const [axis, n] of shape.entries())
      for (const m of shorter(n)) yield withLeaves(program, (leaf, node) => (node === i ? cutAxis(leaf, axis, m) : leaf));
}

function cutAxis(leaf: Leaf, axis: number, length: number): Leaf {
  const inner = sizeOf(leaf.shape.slice(axis + 1));
  const n = leaf.shape[axis];
  return {
    ...leaf,
    shape: leaf.shape.map((size, i) => (i === axis ? length : size)),
    data: leaf.data.filter((_, i) => Math.floor(i / inner) % n < length),
  };
}

/** Fewer different numbers, with fewer digits. */
function* withPlainerNumbers(program: Program): Generator<Program> {
  const plainer = (change: (x: number) => number): Program | undefined => {
    let changed = false;
    const made = withLeaves(program, (leaf) => {
      if (leaf.dtype !== 'float32') return leaf;
      const data = leaf.data.map((x) => (Number.isFinite(x) ? Math.fround(change(x)) : x));
      changed ||= data.some((x, i) => !Object.is(x, leaf.data[i]));
      return { ...leaf, data };
    });
    return changed ? made : undefined;
  };
  const digits = (n: number) => (x: number) => Number(x.toPrecision(n));
  for (const change of [() => 1, Math.round, digits(1), digits(2)]) {
    const made = plainer(change);
    if (made) yield made;
  }
  for (const [i, node] of program.nodes.entries()) {
    if (!isLeaf(node) || node.data.length > 16 || node.values === 'index') continue; // indices may have to differ
    for (const [k, x] of node.data.entries())
      for (const to of [0, 1, digits(2)(x)])
        if (x !== to && !(x === 0 && to === 1) && (Number.isNaN(x) || Math.abs(to) <= Math.abs(x)))
          yield withLeaves(program, (leaf, at) => (at === i ? { ...leaf, data: leaf.data.with(k, to) } : leaf));
  }
}

const withLeaves = (program: Program, change: (leaf: Leaf, node: number) => Leaf): Program => ({
  ...program,
  nodes: program.nodes.map((node, i) => (isLeaf(node) ? change(node, i) : node)),
});
