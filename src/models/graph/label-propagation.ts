import type { HostArray } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { averaged, type HostEdges } from './sgc.js';

/** How labels spread. */
export interface LabelPropagationOptions {
  /** Edges of `normaliseEdges`. */
  readonly graph: HostEdges;
  /** N. */
  readonly nodes: number;
  /** K. */
  readonly classes: number;
  /** α, how much of a round comes from neighbours and not from the labels themselves: 0.99 in the paper, and when left out. */
  readonly share?: number;
  /** How often; 200 when left out. */
  readonly rounds?: number;
}

/**
 * Labels of a few nodes spread along the edges, without any features.
 *
 *     F ← α Â F + (1 − α) Y, from F = Y        which tends to (1 − α) (I − α Â)⁻¹ Y
 *
 * @param labels  of each known node its class, 0 … K − 1
 * @returns       scores [N, K], all 0 where no label reached; the largest is the guess
 * @throws        when a label or its node is none, α is not in (0, 1), or an edge leaves the graph
 *
 * Zhou et al. 2004, with self-loops in Â, which theirs has not.
 */
export function labelPropagation(labels: ReadonlyMap<number, number>, options: LabelPropagationOptions): HostArray<Float64Array> {
  checkOptions('labelPropagation', options, ['graph', 'nodes', 'classes', 'share', 'rounds']);
  const { graph, nodes: N, classes: K, share = 0.99, rounds = 200 } = options;
  checkNumber('labelPropagation', 'share', share, { above: 0, below: 1 });
  checkWhole('labelPropagation', 'rounds', rounds);
  const known = new Float64Array(N * K);
  for (const [node, label] of labels) {
    const inside = (i: number, n: number) => Number.isInteger(i) && i >= 0 && i < n;
    if (!inside(node, N) || !inside(label, K))
      throw new Error(`labelPropagation: nodes are 0 to ${N - 1} and labels 0 to ${K - 1}, got label ${label} of node ${node}`);
    known[node * K + label] = 1;
  }
  let scores = known;
  for (let round = 0; round < rounds; round++)
    scores = averaged('labelPropagation', scores, [N, K], graph).map((s, i) => share * s + (1 - share) * known[i]);
  return { data: scores, shape: [N, K] };
}
