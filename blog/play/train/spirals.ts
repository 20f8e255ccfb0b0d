import { key, uniform } from '../../../src/base/browser.js';

/** How many points there are; half of them lie on each arm. */
export const POINTS = 256;

/**
 * Two spirals, one inside the other: a task that no straight line solves.
 *
 * @param seed  other seeds, other points
 * @returns     x [256, 2] within −1 … 1, and y [256, 1]: 0 on one arm, 1 on the other
 */
export function spirals(seed: number): { readonly x: Float32Array; readonly y: Float32Array } {
  const along = uniform(key(seed), [POINTS]).data;
  const x = new Float32Array(2 * POINTS);
  const y = Float32Array.from(along, (_, i) => i % 2);
  along.forEach((u, i) => {
    const radius = 0.15 + 0.8 * Math.sqrt(u);
    const angle = 2.5 * Math.PI * radius + (i % 2) * Math.PI;
    x[2 * i] = radius * Math.cos(angle);
    x[2 * i + 1] = radius * Math.sin(angle);
  });
  return { x, y };
}
