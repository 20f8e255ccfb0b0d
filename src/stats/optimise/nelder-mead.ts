/** A corner of the simplex. */
interface Corner {
  readonly x: Float64Array;
  readonly value: number;
}

/**
 * The best corner of Nelder and Mead's simplex, which asks for no slope: reflected, expanded, contracted and shrunk by 1, 1 + 2/p,
 * ¾ − 1/(2p) and 1 − 1/p until its values are within `tolerance` of each other.
 *
 * @param start  [p]
 * @returns      x [p] and f(x), how many moves it took, and whether it ended for its tolerance
 *
 * Nelder & Mead 1965; the factors, which keep it from collapsing where p is large, are Gao & Han's (2012).
 */
export function nelderMead(f: (x: Float64Array) => number, start: Float64Array, tolerance: number, most: number) {
  const p = start.length;
  const [expand, contract, shrink] = [1 + 2 / p, Math.max(0.75 - 1 / (2 * p), 0.25), Math.max(1 - 1 / p, 0.25)];
  const corner = (x: Float64Array): Corner => {
    const value = f(x);
    return { x, value: Number.isNaN(value) ? Infinity : value };
  };
  const size = (value: number) => 0.05 * Math.max(Math.abs(value), 0.1);
  const corners = [corner(start), ...Array.from(start, (_, j) => corner(start.map((v, k) => (k === j ? v + size(v) : v))))];
  let moves = 0;
  let settled = false;
  for (; moves < most; moves++) {
    corners.sort((a, b) => a.value - b.value);
    const [best, worst] = [corners[0], corners[p]];
    const width = corners.reduce((w, { x }) => Math.max(w, ...x.map((v, j) => Math.abs(v - best.x[j]) / Math.max(Math.abs(v), 1))), 0);
    if (worst.value - best.value <= tolerance * Math.max(Math.abs(best.value), 1e-300) && width <= Math.sqrt(tolerance)) {
      settled = true;
      break;
    }
    const centre = start.map((_, j) => corners.slice(0, p).reduce((sum, { x }) => sum + x[j], 0) / p);
    const along = (share: number) => corner(centre.map((c, j) => c + share * (c - worst.x[j])));
    const mirrored = along(1);
    if (mirrored.value < best.value) {
      const further = along(expand);
      corners[p] = further.value < mirrored.value ? further : mirrored;
    } else if (mirrored.value < corners[p - 1].value) corners[p] = mirrored;
    else {
      const nearer = along(mirrored.value < worst.value ? contract : -contract);
      if (nearer.value < Math.min(mirrored.value, worst.value)) corners[p] = nearer;
      else for (let k = 1; k <= p; k++) corners[k] = corner(best.x.map((b, j) => b + shrink * (corners[k].x[j] - b)));
    }
  }
  corners.sort((a, b) => a.value - b.value);
  return { ...corners[0], moves, settled };
}
