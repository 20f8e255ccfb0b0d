/** A number, or a scalar of the engine or of tfjs. */
export type Loss = number | { item(): number; dispose(): void } | { dataSync(): ArrayLike<number>; dispose(): void };

/** The loss as a number; a tensor is disposed. */
export function lossValue(loss: Loss): number {
  if (typeof loss === 'number') return loss;
  const value = 'item' in loss ? loss.item() : loss.dataSync()[0];
  loss.dispose();
  return value;
}
