import { expect } from 'vitest';

/** Every element within ½·10⁻ᵈⁱᵍⁱᵗˢ of the wanted one, as `toBeCloseTo`; the first that is not is named by its index. */
export function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, digits: number): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) expect(got[i], `element ${i}`).toBeCloseTo(want[i], digits);
}
