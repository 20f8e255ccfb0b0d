/**
 * How saved numbers differ from fresh ones by more than their tolerance, one line each; none when all agree.
 *
 * @typedef {{ numbers: Record<string, { value: number, unit: string, tolerance: number }> }} Result
 * @param {Result} saved
 * @param {Result} fresh
 */
export function differences(saved, fresh) {
  const keys = [...new Set([...Object.keys(saved.numbers), ...Object.keys(fresh.numbers)])].sort();
  return keys.flatMap((key) => {
    const [was, is] = [saved.numbers[key], fresh.numbers[key]];
    if (!was || !is) return [`${key} is ${was ? 'no longer saved' : 'new'}`];
    if (Math.abs(was.value - is.value) <= is.tolerance) return [];
    return [`${key} was ${was.value} and is ${is.value} ${is.unit}, a change of more than ${is.tolerance}`];
  });
}
