/** How many elements an array of this shape has: 10 for [2, 5], 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** How errors show the dimensions of a tensor or an array: `[2,5]`, and `[]` for a scalar. */
export const showShape = (t: { readonly shape: readonly number[] }): string => `[${t.shape.join(',')}]`;

/**
 * What a function got when shapes do not fit: the rule, then each named tensor with its shape.
 *
 *     shapeError('x and y must agree', { x, y })        x and y must agree: got x [2,5], y [3]
 */
export function shapeError(rule: string, got: Readonly<Record<string, { readonly shape: readonly number[] }>>): Error {
  const seen = Object.entries(got).map(([name, tensor]) => `${name} ${showShape(tensor)}`);
  return new Error(`${rule}: got ${seen.join(', ')}`);
}
