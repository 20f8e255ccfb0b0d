/** The least and the greatest of values that are numbers, NaN left out: [Infinity, −Infinity] when there is none. As long as they may be. */
export function extent(values: Iterable<number>): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
