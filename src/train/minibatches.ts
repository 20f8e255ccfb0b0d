import { fold, type Key, permutation } from '../base/index.js';
import { checkWhole } from '../base/internal.js';

/**
 * The rows of each step: every epoch is a new permutation of n rows, cut into batches; what does not fill a batch is left out.
 *
 *     const rows = minibatches(key(7), 8312, 256);   rows(0)   // Int32Array of the 256 rows of the first step
 *
 * A pure function of the key and the step, so a run that resumes sees the batches it would have seen.
 *
 * @throws when the batch is not an integer from 1 to n
 */
export function minibatches(k: Key, n: number, size: number): (step: number) => Int32Array {
  checkWhole('minibatches', 'size', size, { from: 1, to: n }, `there are ${n} rows`);
  const perEpoch = Math.floor(n / size);
  let current: { epoch: number; order: Int32Array } = { epoch: -1, order: new Int32Array() };
  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== current.epoch) current = { epoch, order: permutation(fold(k, epoch), n).data };
    const at = (step % perEpoch) * size;
    return current.order.slice(at, at + size);
  };
}
