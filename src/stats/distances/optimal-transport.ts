import type { Matrix } from '../../linalg/index.js';
import { checkMatrix, zeroMatrix } from '../../linalg/internal.js';

/** The cheapest way to make one law of another, and the prices that prove it. */
export interface OptimalTransport {
  /** Σ πᵢⱼ cᵢⱼ = Σ pᵢ uᵢ + Σ qⱼ vⱼ. */
  readonly cost: number;
  /** π [n, m]: what goes from outcome i of p to outcome j of q; rows sum to p, columns to q. */
  readonly plan: Matrix;
  /** u [n]. */
  readonly rowPotentials: Float64Array;
  /** v [m], with uᵢ + vⱼ ≤ cᵢⱼ, and equal where πᵢⱼ > 0. */
  readonly columnPotentials: Float64Array;
}

/**
 * Optimal transport between two laws on finitely many points.
 *
 *     min Σ πᵢⱼ cᵢⱼ over π ≥ 0 with margins p and q  =  max Σ pᵢ uᵢ + Σ qⱼ vⱼ over uᵢ + vⱼ ≤ cᵢⱼ
 *
 * With distances for c it is the Wasserstein distance of order 1, and minⱼ (c(x, yⱼ) − vⱼ) a critic that attains it, which is u where p > 0.
 *
 * @param p     [n] masses, 0 or more
 * @param q     [m] masses with the same sum
 * @param cost  c [n, m], of one unit of mass
 * @throws      when shapes or sums do not fit, or a number is not finite
 *
 * Exact, by successive shortest paths with potentials (Edmonds & Karp 1972): some (n + m)³ steps. thm:kantorovich-rubinstein.
 */
export function optimalTransport(p: ArrayLike<number>, q: ArrayLike<number>, cost: Matrix): OptimalTransport {
  const [n, m] = [p.length, q.length];
  checkTransport('optimalTransport', p, q, cost);
  const plan = zeroMatrix(n, m);
  const [supply, demand] = [Float64Array.from(p), Float64Array.from(q)];
  const u = Float64Array.from({ length: n }, (_, i) => cost.data.subarray(i * m, (i + 1) * m).reduce((a, b) => Math.min(a, b)));
  const v = new Float64Array(m);
  for (;;) {
    const found = nearestDemand(supply, demand, plan, { cost, u, v });
    if (!found) break; // margins differ by rounding at most
    const { end, fromRow, fromColumn } = found;
    let amount = demand[end];
    const links: [row: number, column: number, sign: 1 | -1][] = [];
    let row = fromRow[end];
    for (let column = end; ; column = fromColumn[row], row = fromRow[column]) {
      links.push([row, column, 1]);
      if (fromColumn[row] < 0) break;
      links.push([row, fromColumn[row], -1]);
      amount = Math.min(amount, plan.data[row * m + fromColumn[row]]);
    }
    amount = Math.min(amount, supply[row]);
    for (const [i, j, sign] of links) plan.data[i * m + j] += sign * amount;
    supply[row] -= amount;
    demand[end] -= amount;
  }
  const total = plan.data.reduce((sum, mass, at) => sum + mass * cost.data[at], 0);
  return { cost: total, plan, rowPotentials: u, columnPotentials: v };
}

/** Dijkstra's search by reduced costs from all rows with supply to the nearest column with demand, which then moves the potentials. */
function nearestDemand(
  supply: Float64Array,
  demand: Float64Array,
  plan: Matrix,
  { cost, u, v }: { cost: Matrix; u: Float64Array; v: Float64Array },
): { end: number; fromRow: Int32Array; fromColumn: Int32Array } | undefined {
  const [n, m] = [supply.length, demand.length];
  const [toRow, toColumn] = [supply.map((left) => (left > 0 ? 0 : Infinity)), new Float64Array(m).fill(Infinity)];
  const [doneRow, doneColumn] = [new Uint8Array(n), new Uint8Array(m)];
  const [fromColumn, fromRow] = [new Int32Array(n).fill(-1), new Int32Array(m).fill(-1)];
  for (;;) {
    const [i, j] = [nearest(toRow, doneRow), nearest(toColumn, doneColumn)];
    if (i < 0 && j < 0) return undefined;
    if (i >= 0 && (j < 0 || toRow[i] <= toColumn[j])) {
      doneRow[i] = 1;
      for (let k = 0; k < m; k++) {
        const length = toRow[i] + Math.max(0, cost.data[i * m + k] - u[i] - v[k]);
        if (length < toColumn[k]) [toColumn[k], fromRow[k]] = [length, i];
      }
      continue;
    }
    doneColumn[j] = 1;
    if (demand[j] > 0) {
      for (let k = 0; k < n; k++) u[k] += Math.max(0, toColumn[j] - toRow[k]);
      for (let k = 0; k < m; k++) v[k] -= Math.max(0, toColumn[j] - toColumn[k]);
      return { end: j, fromRow, fromColumn };
    }
    // Back along what is sent: links in use cost nothing.
    for (let k = 0; k < n; k++) if (plan.data[k * m + j] > 0 && toColumn[j] < toRow[k]) [toRow[k], fromColumn[k]] = [toColumn[j], j];
  }
}

/** The nearest place that is not done and can be reached, or −1. */
function nearest(distances: Float64Array, done: Uint8Array): number {
  let best = -1;
  let least = Infinity;
  for (let k = 0; k < distances.length; k++) if (!done[k] && distances[k] < least) [least, best] = [distances[k], k];
  return best;
}

/** @throws when masses and costs are no problem of transport */
export function checkTransport(who: string, p: ArrayLike<number>, q: ArrayLike<number>, cost: Matrix): void {
  const [n, m] = [p.length, q.length];
  if (n === 0 || m === 0 || cost.rows !== n || cost.cols !== m)
    throw new Error(
      `${who} moves p [n] to q [m] at cost [n, m], n and m of 1 or more: got p [${n}], q [${m}], cost [${cost.rows},${cost.cols}]`,
    );
  checkMatrix(who, 'cost', cost);
  const sums = Object.entries({ p, q }).map(([name, masses]) => {
    const wrong = Array.from(masses).findIndex((mass) => !(mass >= 0 && mass < Infinity));
    if (wrong >= 0) throw new Error(`${who}: ${name}[${wrong}] is ${masses[wrong]}; masses are finite and 0 or more`);
    return Array.from(masses).reduce((a, b) => a + b, 0);
  });
  if (!(Math.abs(sums[0] - sums[1]) <= 1e-9 * sums[0]))
    throw new Error(`${who}: p sums to ${sums[0]} and q to ${sums[1]}; what is sent must arrive: divide each by its sum`);
  const at = cost.data.findIndex((c) => !Number.isFinite(c));
  if (at >= 0) throw new Error(`${who}: cost has ${cost.data[at]} at [${Math.floor(at / m)},${at % m}]; costs are finite`);
}
