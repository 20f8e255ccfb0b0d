/** The box that a minimum is looked for in; ±∞, or left out, where there is no bound. */
export interface Box {
  /** [p] the least that each may be. */
  readonly lower?: ArrayLike<number>;
  /** [p] the most that each may be. */
  readonly upper?: ArrayLike<number>;
}

/** One coordinate x(u) of a free number u, with its derivative. */
interface Coordinate {
  readonly inside: (u: number) => number;
  readonly slope: (u: number) => number;
  readonly outside: (x: number) => number;
}

/**
 * Coordinates in which a box has no walls.
 *
 *     x = l + (h − l)(1 + sin u)/2        x = l − 1 + √(u² + 1)        x = h + 1 − √(u² + 1)
 *
 * A bound is reached at a finite u, and a minimum that leans on it is an ordinary one in u: f ≈ f(l) + ½ f′(l) u² up to a scale.
 *
 * James & Roos 1975 (MINUIT), section "Parameters with limits".
 */
export function free({ lower, upper }: Box, size: number) {
  const coordinates = Array.from({ length: size }, (_, j) => coordinate(lower?.[j] ?? -Infinity, upper?.[j] ?? Infinity));
  return {
    inside: (u: ArrayLike<number>) => Float64Array.from(coordinates, (c, j) => c.inside(u[j])),
    outside: (x: ArrayLike<number>) => Float64Array.from(coordinates, (c, j) => c.outside(x[j])),
    /** ∂/∂u of ∂/∂x [p]. */
    pullBack: (u: Float64Array, gradient: Float64Array): Float64Array => gradient.map((g, j) => g * coordinates[j].slope(u[j])),
  };
}

/** A start on a bound, where the derivative of x is 0, is moved off it by this share of the way. */
const OFF = 1e-3;

function coordinate(low: number, high: number): Coordinate {
  if (low === -Infinity && high === Infinity) return { inside: (u) => u, slope: () => 1, outside: (x) => x };
  if (Number.isFinite(low) && Number.isFinite(high)) {
    const half = (high - low) / 2;
    return {
      inside: (u) => Math.min(high, Math.max(low, low + half * (1 + Math.sin(u)))),
      slope: (u) => half * Math.cos(u),
      outside: (x) => Math.asin(Math.min(1 - OFF, Math.max(OFF - 1, (x - low) / half - 1))),
    };
  }
  const [bound, sign] = low > -Infinity ? [low, 1] : [high, -1];
  return {
    inside: (u) => bound + sign * (Math.sqrt(u * u + 1) - 1),
    slope: (u) => (sign * u) / Math.sqrt(u * u + 1),
    outside: (x) => Math.sqrt((Math.max(sign * (x - bound), OFF) + 1) ** 2 - 1),
  };
}
