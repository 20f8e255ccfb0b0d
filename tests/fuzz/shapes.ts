/** Whether another shape is this one. */
export const sameAs =
  (shape: readonly number[]) =>
  (other: readonly number[]): boolean =>
    `${shape}` === `${other}` && shape.length === other.length;

/** The shape that two broadcast to. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const [x, y] = [a, b].map((shape) => [...new Array(rank - shape.length).fill(1), ...shape]);
  if (x.some((n, i) => n !== y[i] && n !== 1 && y[i] !== 1)) return undefined;
  return x.map((n, i) => (n === 1 ? y[i] : n));
}
