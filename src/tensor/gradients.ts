import * as tf from '@tensorflow/tfjs';

/*
 * Repairs of tfjs's own gradients, on every backend.
 *
 * 1. Comparisons and logic have derivative 0 wherever they have one, but tfjs gives them none, so that `tf.where(x.greater(0), …)`
 *    cannot be differentiated.
 * 2. tfjs writes the clone it saves of an operator's output to the tape before the operator itself. A second derivative then stops
 *    at the clone and misses a term, silently; there the output is computed again from the input, which is on the tape.
 */

const inputsOf = { a: ['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'LogicalAnd', 'LogicalOr'], x: ['LogicalNot'] };

for (const kernelName of [...inputsOf.a, ...inputsOf.x]) {
  const inputsToSave = inputsOf.x.includes(kernelName) ? ['x'] : ['a', 'b'];
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (_, saved) => Object.fromEntries(inputsToSave.map((name, i) => [name, () => tf.zeros((saved as tf.Tensor[])[i]!.shape)])),
  });
}

for (const [kernelName, inputs] of Object.entries({
  Exp: ['x'],
  Pow: ['a', 'b'],
  Sigmoid: ['x'],
  Softmax: ['logits'],
  Tanh: ['x'],
})) {
  const first = tf.getGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: inputs,
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [xs, y] = [saved.slice(0, -1), saved.at(-1)!];
      const onTape = tf.engine().state.gradientDepth > 0;
      const again = () => tf.engine().runKernel(kernelName, Object.fromEntries(inputs.map((name, i) => [name, xs[i]!])), attributes) as tf.Tensor;
      return first.gradFunc(dy, [...(first.inputsToSave ? xs : []), onTape ? again() : y], attributes);
    },
  });
}
