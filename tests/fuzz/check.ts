import type { Elements } from '../../src/tensor/interpret/interpret.js';
import { trace } from '../../src/tensor/trace/trace.js';
import { firstWrong, type Hull, open } from './compare.js';
import { evaluateGraph } from './gradient-reference.js';
import { ask, OPINIONS, type Opinion, type Verdict } from './opinions.js';
import { argumentsOf, constantsOf, evaluate, functionOf, isLeaf, type Leaf, type Program, scoped, tensorOf } from './program.js';
import { Random } from './random.js';
import { Reference } from './reference.js';
import type { Rounding } from './rounding.js';

/** One disagreement. */
export interface Flag {
  readonly opinion: Opinion;
  readonly kind: 'forward' | 'gradient' | 'error' | 'crash';
  /** Which result, counted over outputs and gradients, and which element. */
  readonly result: number;
  readonly element: number;
  /** What it says there, and what right evaluations give. */
  readonly got: number;
  readonly right: readonly number[];
  /** The message of an error. */
  readonly message?: string;
}

/** What the check of one program found. */
export interface Checked {
  readonly flags: readonly Flag[];
  readonly refused: readonly string[];
  /** Elements compared, those that the reference leaves open, and results about which nothing is promised. */
  readonly elements: number;
  readonly open: number;
  readonly wild: number;
}

const NOTHING = { result: 0, element: 0, got: Number.NaN, right: [] };

const ROUNDINGS = (): Rounding[] => {
  const noise = new Random(7, 0);
  return [{ flush: false }, { flush: true }, ...Array.from({ length: 8 }, (_, i) => ({ flush: i % 2 === 0, noise }))];
};

/** What right results of a program lie within: its outputs, then its gradients. Undefined where nothing is promised. */
export function hulls(program: Program): (Hull | undefined)[] {
  return scoped(() => {
    const tensors = evaluate(program, (i) => tensorOf(program.nodes[i] as Leaf));
    const reference = new Reference(program, tensors);
    const runs = ROUNDINGS().map((rounding) => reference.evaluate(rounding));
    const outputs = program.outputs.map((i): Hull | undefined =>
      runs.some(({ wild }) => wild[i])
        ? undefined
        : { samples: runs.map(({ values }) => values[i]), exact: !runs.some(({ rounded }) => rounded[i]) },
    );
    if (!program.gradient) return outputs;
    return [
      ...outputs,
      ...gradientHulls(
        program,
        runs.some(({ wild }) => wild.some(Boolean)),
      ),
    ];
  });
}

function gradientHulls(program: Program, wildBefore: boolean): (Hull | undefined)[] {
  const leaves = argumentsOf(program).map((i) => program.nodes[i] as Leaf);
  const constants = constantsOf(program);
  const graph = trace(
    (...xs) => functionOf(program, constants)(xs).slice(program.outputs.length),
    leaves.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  const inputs = leaves.map(({ data, dtype }) =>
    (dtype === 'float32' ? Float64Array : dtype === 'int32' ? Int32Array : Uint8Array).from(data),
  );
  const runs = ROUNDINGS().map((rounding) => evaluateGraph(graph, inputs as Elements[], rounding));
  const wild = wildBefore || runs.some((run) => run.wild);
  return graph.outputs.map((_, i) => (wild ? undefined : { samples: runs.map(({ outputs }) => outputs[i]), exact: false }));
}

/** Asks for opinions on a program and compares them with what right evaluations give. */
export async function check(program: Program, whom: readonly Opinion[] = OPINIONS): Promise<Checked> {
  let right: (Hull | undefined)[];
  try {
    right = hulls(program);
  } catch (error) {
    // tfjs computes it, or it would not have been drawn
    const flag: Flag = { ...NOTHING, opinion: 'double', kind: 'error', message: `it cannot be traced: ${(error as Error).message}` };
    return { flags: [flag], refused: [], elements: 0, open: 0, wild: 0 };
  }
  const unrounded = whom.includes('double') ? unroundedOutputs(program) : undefined;
  const flags: Flag[] = [];
  const refused: string[] = [];
  for (const opinion of whom) {
    const verdict = await ask(opinion, program);
    if ('refused' in verdict) refused.push(verdict.refused);
    else if ('error' in verdict) flags.push({ ...NOTHING, opinion, kind: 'error', message: verdict.error });
    else flags.push(...wrong(opinion, verdict, program, right, opinion === 'double' ? unrounded : undefined));
  }
  const known = right.filter((hull) => hull !== undefined);
  return {
    flags,
    refused,
    elements: known.reduce((sum, { samples }) => sum + samples[0].length, 0),
    open: known.reduce((sum, hull) => sum + open(hull), 0),
    wild: right.length - known.length,
  };
}

/** In double precision nothing overflows that float32 would: what it gives without rounding is right too. */
function unroundedOutputs(program: Program): Elements[] {
  return scoped(() => {
    const tensors = evaluate(program, (i) => tensorOf(program.nodes[i] as Leaf));
    const { values } = new Reference(program, tensors).evaluate(undefined);
    return program.outputs.map((i) => values[i]);
  });
}

function wrong(
  opinion: Opinion,
  verdict: Verdict,
  program: Program,
  right: readonly (Hull | undefined)[],
  also?: readonly Elements[],
): Flag[] {
  if (!('results' in verdict)) return [];
  for (const [result, hull] of right.entries()) {
    if (!hull) continue;
    const isGradient = result >= program.outputs.length;
    if (isGradient && opinion === 'double') continue; // its range is another one, and what it evaluates is this reference
    const samples = also?.[result] ? [...hull.samples, also[result]] : hull.samples;
    const got = verdict.results[result];
    const element = firstWrong(got, { ...hull, samples });
    if (element < 0) continue;
    const seen = [...new Set(hull.samples.map((sample) => sample[element]))];
    return [{ opinion, kind: isGradient ? 'gradient' : 'forward', result, element, got: got[element], right: seen }];
  }
  return [];
}

/** The values of a program's nodes by tfjs, for minimising. */
export function valuesOf(program: Program): { data: number[]; shape: number[]; dtype: Leaf['dtype'] }[] {
  return scoped(() =>
    evaluate(program, (i) => tensorOf(program.nodes[i] as Leaf)).map((t, i) => {
      const node = program.nodes[i];
      const data = isLeaf(node) ? [...node.data] : Array.from(t.dataSync());
      return { data, shape: t.shape, dtype: t.dtype as Leaf['dtype'] };
    }),
  );
}
