/**
 * The gradient of a function of several arrays by central differences: (f(x + h) − f(x − h)) / 2h, whose error is of the order h².
 *
 * @param at  where; it is changed and put back
 */
export function centralDifferences(f: (at: readonly Float64Array[]) => number, at: readonly Float64Array[], h = 1e-5): Float64Array[] {
  return at.map((x) =>
    x.map((value, i) => {
      x[i] = value + h;
      const above = f(at);
      x[i] = value - h;
      const below = f(at);
      x[i] = value;
      return (above - below) / (2 * h);
    }),
  );
}
