import { Maker } from './maker.js';
import { drawOperator, operatorNamed } from './operators/index.js';
import {
  argumentsOf,
  type Call,
  constantsOf,
  functionOf,
  type Leaf,
  type Program,
  pruned,
  scoped,
  tensorOf,
  withArgument,
} from './program.js';
import { Random } from './random.js';
import { SPECIAL } from './values.js';

const MOST_OPERATORS = 12;
const LARGEST = 20_000;

/**
 * The graph number `index` of a seed: 1 to 12 operators on 1 or more arrays, 1 to 3 outputs, the same everywhere. Its shapes are those that
 * tfjs gives, whose CPU backend must be active; what tfjs refuses is drawn anew.
 */
export function generate(seed: number, index: number): Program {
  const r = new Random(seed, index);
  return scoped(() => draw(r));
}

function draw(r: Random): Program {
  const m = new Maker(r, r.chance(0.45) ? r.one(SPECIAL) : undefined, r.chance(0.06));
  const wanted = r.chance(0.35) ? r.whole(1, 2) : r.whole(3, MOST_OPERATORS);
  const made: number[] = [];
  for (let tries = 0; made.length < wanted && tries < 40; tries++) {
    const node = grow(m);
    if (node !== undefined) made.push(node);
  }
  const used = new Set(made.flatMap((i) => (m.nodes[i] as Call).inputs));
  const ends = made.filter((i) => !used.has(i));
  const outputs = [...new Set([...r.shuffled(ends).slice(0, 2), ...(r.chance(0.3) ? [r.one(made)] : [])])];
  const program = withArgument(pruned({ nodes: m.nodes, outputs, gradient: false }));
  return r.chance(0.55) ? withGradient(program) : program;
}

/** One more operator, unless tfjs refuses what was drawn. */
function grow(m: Maker): number | undefined {
  const { name } = drawOperator(() => m.r.uniform());
  const before = m.nodes.length;
  try {
    const op = operatorNamed(name);
    const drawn = op.draw(m);
    if (!drawn) return undefined;
    const result = op.apply(
      drawn.inputs.map((i) => m.tensors[i]),
      drawn.options,
    );
    if (result.size > LARGEST || result.rank > 5) throw new Error('too large');
    m.nodes.push({ op: name, inputs: drawn.inputs, options: drawn.options });
    m.tensors.push(result);
    return m.nodes.length - 1;
  } catch {
    m.nodes.length = m.tensors.length = before;
    return undefined;
  }
}

/** With its gradient, where tfjs has one. */
function withGradient(program: Program): Program {
  const asked = { ...program, gradient: true };
  return scoped(() => (refusesEagerly(asked) ? program : asked));
}

function refusesEagerly(program: Program): boolean {
  try {
    const args = argumentsOf(program).map((i) => program.nodes[i] as Leaf);
    if (!args.some(({ dtype }) => dtype === 'float32')) return true;
    functionOf(program, constantsOf(program))(args.map(tensorOf));
    return false;
  } catch {
    return true;
  }
}
