import type { AblationTask } from '../../ablation.js';
import { type FoldSamples, qlikeOf, type Sample } from '../../volatility.js';

const WIDTH = 32;

/**
 * What the perceptrons of a fold are trained on, and what ranks them: QLIKE on the two years before the test.
 *
 * @param onTest  is handed the outputs for the test rows of each net that is scored
 */
export function ablationTask(
  { train, validation, test, unit, clamp }: FoldSamples,
  { quick, onTest }: { quick: boolean; onTest: (outputs: Float64Array) => void },
): AblationTask {
  const [low, high] = clamp;
  const qlike = (f: Float64Array, { y }: Sample) => {
    const losses = f.map((one, i) => {
      const kept = Math.min(high, Math.max(low, one)); // NaN of a net that diverged stays that
      return kept + y.data[i] * Math.exp(-kept);
    });
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length + Math.log(unit);
  };
  return {
    inputs: train.x.shape[1],
    outputs: 1,
    width: quick ? 8 : WIDTH,
    train,
    validation,
    loss: qlikeOf(clamp),
    size: 1024,
    steps: quick ? 10 : 400,
    every: quick ? 10 : 400, // the weights at the end: those that were best on validation along the way are a choice that is studied
    async score(net) {
      const outputs = await net.outputs(test.x);
      onTest(outputs);
      return { validation: qlike(await net.outputs(validation.x), validation), test: qlike(outputs, test) };
    },
  };
}
