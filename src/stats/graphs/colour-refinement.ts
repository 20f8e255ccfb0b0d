import type { Matrix } from '../../linalg/index.js';
import { degreesOf } from './adjacency.js';

/** What a refinement found. */
export interface Colours {
  /** [N]: nodes of one colour cannot be told apart by asking neighbours; numbered from 0 by their first nodes. */
  readonly colours: Int32Array;
  /** After how many rounds there were no more colours. */
  readonly rounds: number;
}

/**
 * The colours of the one-dimensional Weisfeiler–Lehman test, beyond which no network of messages between neighbours sees.
 *
 *     c ← (c, the multiset of the neighbours' c), until there are no more colours than before
 *
 * @param adjacency  A [N, N]; i and j are linked where Aᵢⱼ is not 0, weights do not count; two graphs are compared as one, side by side
 * @param initial    [N], what is known of the nodes: equal numbers, equal nodes; all alike when left out
 * @param rounds     at most so many, N when left out, which are enough
 * @throws           when A is not symmetric, a weight is negative or not finite, or initial has another length
 *
 * Weisfeiler & Lehman 1968; Xu et al. 2019, section 2. What it limits: thm:weisfeiler-lehman.
 */
export function colourRefinement(
  adjacency: Matrix,
  initial: ArrayLike<number> = new Float64Array(adjacency.rows),
  rounds = adjacency.rows,
): Colours {
  const N = degreesOf('colourRefinement', adjacency).length;
  if (initial.length !== N) throw new Error(`colourRefinement: a graph of ${N} nodes has ${N} colours, got ${initial.length}`);
  const neighbours = Array.from({ length: N }, (_, i) =>
    Array.from({ length: N }, (_, j) => j).filter((j) => adjacency.data[i * N + j] !== 0),
  );
  let colours = numbered(Array.from(initial, String));
  for (let round = 0; round < rounds; round++) {
    const before = colours;
    const next = numbered(neighbours.map((others, i) => `${before[i]}:${others.map((j) => before[j]).sort((a, b) => a - b)}`));
    if (Math.max(...next) === Math.max(...before)) return { colours, rounds: round };
    colours = next;
  }
  return { colours, rounds };
}

/** A number for each different text, in the order in which they come. */
function numbered(texts: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  for (const text of texts) if (!numbers.has(text)) numbers.set(text, numbers.size);
  return Int32Array.from(texts, (text) => numbers.get(text)!);
}
