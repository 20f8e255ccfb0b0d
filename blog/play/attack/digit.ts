/** Pixels of an image, along each side. */
export const SIDE = 28;

/** A digit as strokes of a pen, each a way of points within 0 … 1. */
export type Strokes = readonly (readonly (readonly [number, number])[])[];

const ring = (x: number, y: number, wide: number, high: number, from = 0, to = 2): [number, number][] =>
  Array.from({ length: 25 }, (_, i) => {
    const angle = Math.PI * (from + ((to - from) * i) / 24);
    return [x + wide * Math.sin(angle), y - high * Math.cos(angle)];
  });

/** Ten digits in one hand, for who would rather not draw. */
export const WRITTEN: readonly Strokes[] = [
  [ring(0.5, 0.5, 0.22, 0.32)],
  [
    [
      [0.54, 0.18],
      [0.48, 0.82],
    ],
  ],
  [[...ring(0.5, 0.36, 0.2, 0.18, -0.45, 0.75), [0.3, 0.8], [0.72, 0.78]]],
  [[...ring(0.48, 0.34, 0.19, 0.16, -0.4, 1)], [...ring(0.48, 0.66, 0.21, 0.17, 0, 1.4)]],
  [
    [
      [0.36, 0.2],
      [0.3, 0.52],
      [0.7, 0.5],
    ],
    [
      [0.66, 0.2],
      [0.62, 0.84],
    ],
  ],
  [[[0.7, 0.2], [0.38, 0.2], [0.35, 0.46], ...ring(0.47, 0.62, 0.21, 0.19, -0.2, 1.3)]],
  [[[0.6, 0.16], [0.42, 0.36], [0.33, 0.58], ...ring(0.5, 0.66, 0.18, 0.17, -0.5, 1.5)]],
  [
    [
      [0.3, 0.22],
      [0.7, 0.2],
      [0.46, 0.84],
    ],
  ],
  [ring(0.5, 0.34, 0.16, 0.16, 1, 3), ring(0.5, 0.67, 0.19, 0.17)],
  [[...ring(0.5, 0.36, 0.18, 0.17, 0.5, 2.5), [0.64, 0.6], [0.58, 0.84]]],
];

/**
 * A drawing as MNIST has its digits: scaled to fit 20 × 20 pixels, its middle of mass in the middle of 28 × 28.
 *
 * @param strokes  the pen's ways, within 0 … 1
 * @returns        [28 · 28], from 0 (paper) to 1 (ink); undefined when nothing is drawn
 */
export function imageOf(strokes: Strokes): Float32Array | undefined {
  const points = strokes.flat();
  if (points.length === 0) return undefined;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = 18 / Math.max(right - left, bottom - top, 0.05);
  const ways = strokes.map((way) =>
    way.map(([x, y]): [number, number] => [(x - (left + right) / 2) * scale, (y - (top + bottom) / 2) * scale]),
  );
  const first = inked(ways, 0, 0);
  let [mass, across, down] = [0, 0, 0];
  first.forEach((ink, k) => {
    mass += ink;
    across += ink * ((k % SIDE) - SIDE / 2 + 0.5);
    down += ink * (Math.floor(k / SIDE) - SIDE / 2 + 0.5);
  });
  return inked(ways, -across / mass, -down / mass);
}

/** A pen 2.4 pixels wide with a soft edge, along ways measured from the middle. */
function inked(ways: readonly (readonly [number, number])[][], right: number, down: number): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE }, (_, k) => {
    const [x, y] = [(k % SIDE) - SIDE / 2 + 0.5 - right, Math.floor(k / SIDE) - SIDE / 2 + 0.5 - down];
    const distance = Math.min(...ways.map((way) => distanceTo(way, x, y)));
    return Math.max(0, Math.min(1, 1.7 - distance));
  });
}

function distanceTo(way: readonly (readonly [number, number])[], x: number, y: number): number {
  let least = Math.hypot(x - way[0][0], y - way[0][1]);
  for (let i = 1; i < way.length; i++) {
    const [[ax, ay], [bx, by]] = [way[i - 1], way[i]];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const part = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
    least = Math.min(least, Math.hypot(x - ax - part * (bx - ax), y - ay - part * (by - ay)));
  }
  return least;
}
