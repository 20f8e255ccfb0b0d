import * as tf from '@tensorflow/tfjs';
import type { Rewrites } from '../../src/tensor/runtime/lower/rewrite.js';
import { nan } from '../../src/tensor/runtime/openvino/lower/nan.js';
import { trace } from '../../src/tensor/trace/trace.js';

/** Wrong kernels, to see that the fuzzer finds them. */
const PLANTS: Readonly<Record<string, () => void>> = {
  /** OpenVINO's lowering writes the larger for the smaller. */
  'openvino-minimum': () => {
    (nan as { Min: Rewrites['Min'] }).Min = (g, { inputs: [a, b] }) => [g.binary('Max', a, b)];
  },
  /** Tracing sums over the axis before the one that was asked for. */
  'traced-sum': () => {
    trace(() => [], []); // registers the kernels
    const { kernelFunc } = tf.getKernel('Sum', 'trace');
    tf.unregisterKernel('Sum', 'trace');
    const off = (axis: number, rank: number) => (axis > 0 ? axis - 1 : axis < 0 || rank < 2 ? axis : 1);
    tf.registerKernel({
      kernelName: 'Sum',
      backendName: 'trace',
      kernelFunc: (call) => {
        const { x } = call.inputs as { x: tf.TensorInfo };
        const axes = ([] as number[]).concat((call.attrs as { axis?: number[] }).axis ?? []);
        return axes.length === 1
          ? kernelFunc({ ...call, attrs: { ...call.attrs, axis: [off(axes[0], x.shape.length)] } })
          : kernelFunc(call);
      },
    });
  },
};

export function plant(name: string): void {
  const wrong = PLANTS[name];
  if (!wrong) throw new Error(`no plant is called ${name}: there are ${Object.keys(PLANTS).join(', ')}`);
  wrong();
}
