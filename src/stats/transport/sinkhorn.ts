import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { checkTransport } from '../distances/optimal-transport.js';

/** How much a plan is spread, and how exactly its margins are wanted. */
export interface SinkhornOptions {
  /** ε, in units of the cost: the plan goes to the cheapest as ε goes to 0, and to independent pairs as it grows. */
  readonly epsilon: number;
  /** The total variation, half a sum of absolute differences, as a share of all mass, from p at which the plan's first margin is good enough; 1e-9 when left out. At 0 it goes on until no difference is left, or through all rounds. */
  readonly tolerance?: number;
  /** Rounds, two half steps each, of the last ε; 10,000 when left out. */
  readonly rounds?: number;
  /** ε is divided by this from the range of the cost down to the one that is wanted, which saves rounds where that is small; 4 when left out, 1 for none. */
  readonly scaling?: number;
}

/** A spread plan with its prices. */
export interface Sinkhorn {
  /** π [n, m], whose columns sum to q, and whose rows to p but for `marginError`. */
  readonly plan: Matrix;
  /** Σ πᵢⱼ cᵢⱼ: at least the cost of the cheapest plan, up to the margins' error. */
  readonly cost: number;
  /** Σ πᵢⱼ cᵢⱼ + ε Σ πᵢⱼ log(πᵢⱼ / (pᵢ qⱼ)), which the plan makes least. */
  readonly entropicCost: number;
  /** f [n], with πᵢⱼ = pᵢ qⱼ exp((fᵢ + gⱼ − cᵢⱼ) / ε). */
  readonly rowPotentials: Float64Array;
  /** g [m]. */
  readonly columnPotentials: Float64Array;
  /** ½ Σ |Σⱼ πᵢⱼ − pᵢ| / Σ pᵢ: a share of all mass. */
  readonly marginError: number;
  /** Rounds that the last ε took. */
  readonly rounds: number;
}

/**
 * Optimal transport with an entropy, by Sinkhorn's rounds in logarithms.
 *
 *     min Σ πᵢⱼ cᵢⱼ + ε Σ πᵢⱼ log(πᵢⱼ / (pᵢ qⱼ)) over plans with margins p and q
 *
 *     fᵢ ← −ε log Σⱼ qⱼ exp((gⱼ − cᵢⱼ) / ε)        gⱼ ← −ε log Σᵢ pᵢ exp((fᵢ − cᵢⱼ) / ε)
 *
 * A round shrinks the logarithms of what is wrong by `sinkhornRate` or better, so that a small ε needs many.
 *
 * @param p     [n] masses, 0 or more
 * @param q     [m] masses with the same sum
 * @param cost  c [n, m], of one unit of mass
 * @throws      when shapes or sums do not fit, a number is not finite, or the rounds did not suffice
 *
 * Cuturi 2013, with the logarithms of Schmitzer 2019, section 3.1, and his scaling of ε. thm:sinkhorn.
 */
export function sinkhorn(p: ArrayLike<number>, q: ArrayLike<number>, cost: Matrix, options: SinkhornOptions): Sinkhorn {
  checkOptions('sinkhorn', options, ['epsilon', 'tolerance', 'rounds', 'scaling']);
  const { epsilon, tolerance = 1e-9, rounds = 10_000, scaling = 4 } = options;
  checkTransport('sinkhorn', p, q, cost);
  if (!Array.from(p).some((mass) => mass > 0)) throw new Error('sinkhorn: p and q have no mass; there is nothing to send');
  checkNumber('sinkhorn', 'epsilon', epsilon, { above: 0 });
  checkNumber('sinkhorn', 'tolerance', tolerance, { from: 0 }, '0 runs until the margin is exact, or all rounds');
  checkNumber('sinkhorn', 'scaling', scaling, { from: 1 });
  checkWhole('sinkhorn', 'rounds', rounds);
  const { data } = cost;
  const range = data.reduce((a, b) => Math.max(a, b)) - data.reduce((a, b) => Math.min(a, b));
  const problem: Problem = { p, q, cost, f: new Float64Array(p.length), g: new Float64Array(q.length) };
  if (scaling > 1) for (let wide = range / scaling; wide > epsilon; wide /= scaling) solve(problem, wide, { tolerance: 0.01, rounds: 100 });
  const { error, taken } = solve(problem, epsilon, { tolerance, rounds });
  if (error > tolerance && tolerance > 0)
    throw new Error(
      `sinkhorn: after ${rounds} rounds the margin is off by ${error.toExponential(1)} of all mass, wanted ${tolerance}; raise rounds, or epsilon: ${epsilon} is small beside costs that range over ${range}`,
    );
  return resultOf(problem, epsilon, error, taken);
}

interface Problem {
  readonly p: ArrayLike<number>;
  readonly q: ArrayLike<number>;
  readonly cost: Matrix;
  readonly f: Float64Array;
  readonly g: Float64Array;
}

/** Rounds at one ε, from the potentials that are there. */
function solve(
  problem: Problem,
  epsilon: number,
  { tolerance, rounds }: { tolerance: number; rounds: number },
): { error: number; taken: number } {
  const { p, q, cost, f, g } = problem;
  const total = Array.from(p).reduce((a, b) => a + b, 0);
  const byRow = (i: number, j: number) => i * cost.cols + j;
  const byColumn = (j: number, i: number) => i * cost.cols + j;
  let next = f.slice();
  halfStep(next, { masses: q, other: g, cost, at: byRow, epsilon });
  for (let taken = 1; ; taken++) {
    f.set(next);
    halfStep(g, { masses: p, other: f, cost, at: byColumn, epsilon });
    // The next f makes the rows right: they are wrong now by its distance.
    next = next.slice();
    halfStep(next, { masses: q, other: g, cost, at: byRow, epsilon });
    let error = 0;
    for (let i = 0; i < f.length; i++) error += p[i] * Math.abs(Math.expm1((f[i] - next[i]) / epsilon));
    error /= 2 * total;
    if (error <= tolerance || taken === rounds) return { error, taken };
  }
}

/** x ← −ε log Σ masses exp((other − c) / ε), for each place of x. */
function halfStep(
  x: Float64Array,
  {
    masses,
    other,
    cost: { data },
    at,
    epsilon,
  }: { masses: ArrayLike<number>; other: Float64Array; cost: Matrix; at: (i: number, j: number) => number; epsilon: number },
): void {
  for (let i = 0; i < x.length; i++) {
    let most = -Infinity;
    for (let j = 0; j < other.length; j++) if (masses[j] > 0) most = Math.max(most, other[j] - data[at(i, j)]);
    let sum = 0;
    for (let j = 0; j < other.length; j++) sum += masses[j] * Math.exp((other[j] - data[at(i, j)] - most) / epsilon);
    x[i] = -most - epsilon * Math.log(sum);
  }
}

function resultOf({ p, q, cost, f, g }: Problem, epsilon: number, marginError: number, rounds: number): Sinkhorn {
  const { rows, cols, data } = cost;
  const plan = Float64Array.from(data, (c, at) => {
    const [i, j] = [Math.floor(at / cols), at % cols];
    return p[i] === 0 || q[j] === 0 ? 0 : p[i] * q[j] * Math.exp((f[i] + g[j] - c) / epsilon);
  });
  let [spent, spread] = [0, 0];
  for (const [at, mass] of plan.entries()) {
    spent += mass * data[at];
    if (mass > 0) spread += mass * (f[Math.floor(at / cols)] + g[at % cols] - data[at]);
  }
  return {
    plan: { rows, cols, data: plan },
    cost: spent,
    entropicCost: spent + spread,
    rowPotentials: f,
    columnPotentials: g,
    marginError,
    rounds,
  };
}
