import type { Finding } from '../src/report/index.js';

/** A share of n with Wilson's interval of 95 %: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n). */
export function share(value: number, n: number, description: string): Finding {
  const z = 1.959963984540054;
  const centre = value + z ** 2 / (2 * n);
  const half = z * Math.sqrt((value * (1 - value)) / n + (z / (2 * n)) ** 2);
  const [low, high] = [centre - half, centre + half].map((end) => end / (1 + z ** 2 / n));
  return { value, uncertainty: [low, high], unit: '1', description, tolerance: 3 * Math.sqrt(0.25 / n) };
}
