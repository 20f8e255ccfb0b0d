/** How far two clusters are apart: by their nearest members, their farthest, on average, or by the growth of their squares. */
export type Linkage = 'single' | 'complete' | 'average' | 'ward';

/** How far a merged cluster is from a third of `size` members: Lance and Williams' recurrence of the distances before. */
const MERGED: Record<Linkage, (toA: number, toB: number, between: number, a: number, b: number, size: number) => number> = {
  single: (toA, toB) => Math.min(toA, toB),
  complete: (toA, toB) => Math.max(toA, toB),
  average: (toA, toB, _, a, b) => (a * toA + b * toB) / (a + b),
  ward: (toA, toB, between, a, b, size) =>
    Math.sqrt(((a + size) * toA ** 2 + (b + size) * toB ** 2 - size * between ** 2) / (a + b + size)),
};

/**
 * The leaves of an agglomerative clustering in the order of its tree, so that what is near stands side by side: a permutation [N].
 *
 * The two nearest clusters are merged until one is left; the one that was made earlier comes first, assets before clusters.
 *
 * @param distances  [N] rows of [N], symmetric
 *
 * Lance & Williams 1967; the order is that of scipy's `to_tree(linkage(…)).pre_order()` where no two distances are alike.
 */
export function leafOrder(distances: readonly Float64Array[], linkage: Linkage): number[] {
  const clusters = distances.map((row, i) => ({ made: i, leaves: [i], to: row.slice() }));
  let made = distances.length;
  let alive = clusters.map((_, i) => i);
  while (alive.length > 1) {
    let [near, far, least] = [-1, -1, Infinity];
    for (const [k, i] of alive.entries())
      for (const j of alive.slice(k + 1)) if (clusters[i].to[j] < least) [near, far, least] = [i, j, clusters[i].to[j]];
    if (clusters[near].made > clusters[far].made) [near, far] = [far, near];
    const [a, b] = [clusters[near], clusters[far]];
    alive = alive.filter((i) => i !== far);
    for (const i of alive) {
      if (i === near) continue;
      const distance = MERGED[linkage](a.to[i], b.to[i], least, a.leaves.length, b.leaves.length, clusters[i].leaves.length);
      a.to[i] = distance;
      clusters[i].to[near] = distance;
    }
    clusters[near] = { made: made++, leaves: [...a.leaves, ...b.leaves], to: a.to };
  }
  return clusters[alive[0]].leaves;
}
