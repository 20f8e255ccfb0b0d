/**
 * Weights p of n leaves, of which one is drawn with probability p / Σ p in log₂ n steps: each node of a binary tree holds the sum of its two.
 *
 * Schaul et al. 2016, appendix B.2.1.
 */
export function sumTree(n: number) {
  let capacity = 1;
  while (capacity < n) capacity *= 2;
  const sums = new Float64Array(2 * capacity);
  return {
    /** Σ p */
    total: (): number => sums[1],
    /** p of leaf i. */
    at: (i: number): number => sums[capacity + i],
    /** Gives leaf i the weight p. The sums above it are added anew, so that no rounding gathers in them. */
    set(i: number, p: number): void {
      let node = capacity + i;
      sums[node] = p;
      for (node >>= 1; node >= 1; node >>= 1) sums[node] = sums[2 * node] + sums[2 * node + 1];
    },
    /** The leaf where the weights from the left first exceed `mass`, which is from 0 up, below Σ p. */
    find(mass: number): number {
      let [node, left] = [1, mass];
      while (node < capacity) {
        node *= 2;
        // Where rounding leads past the last weight there is nothing on the right.
        if (left < sums[node] || sums[node + 1] === 0) continue;
        left -= sums[node];
        node++;
      }
      return node - capacity;
    },
  };
}
