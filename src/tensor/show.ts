import * as tf from '@tensorflow/tfjs';
import { DeviceTensor } from './buffers/device-tensor.js';

/** How many elements are shown in full; of more, the first and the last three along each axis. */
const WHOLE = 200;
const EDGE = 3;

/**
 * An array's shape, type and corner, as NumPy prints it: `tensor [2,2] float32` and its rows. It looks at no more than it shows.
 *
 * @param isShort  on one line, as inside another object
 */
export function showTensor(shape: readonly number[], dtype: string, data: ArrayLike<number | string>, isShort = false): string {
  const title = `tensor [${shape}] ${dtype}`;
  if (data.length === 0) return title;
  const edge = data.length > WHOLE ? EDGE : Number.POSITIVE_INFINITY;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  if (isShort) {
    const first = Array.from({ length: Math.min(data.length, EDGE) }, (_, i) => text(data[i], dtype));
    return `${title} ${shape.length === 0 ? first[0] : `[${first.join(', ')}${data.length > EDGE ? ', …' : ''}]`}`;
  }
  const seen: string[] = [];
  const visit = (axis: number, at: number, element: (at: number) => string): string => {
    if (axis === shape.length) return element(at);
    const n = shape[axis];
    const shown = n > 2 * edge ? [0, 1, 2, -1, n - 3, n - 2, n - 1] : Array.from({ length: n }, (_, i) => i);
    const parts = shown.map((i) => (i < 0 ? '…' : visit(axis + 1, at + i * strides[axis], element)));
    const isLast = axis === shape.length - 1;
    return `[${parts.join(isLast ? ', ' : `,${'\n'.repeat(shape.length - 1 - axis)}${' '.repeat(axis + 1)}`)}]`;
  };
  visit(0, 0, (at) => {
    seen.push(text(data[at], dtype));
    return '';
  });
  const width = Math.max(...seen.map((x) => x.length));
  const whole = visit(0, 0, (at) => text(data[at], dtype).padStart(width));
  return shape.length === 0 ? `${title} ${whole}` : `${title}\n${whole}`;
}

function text(x: number | string, dtype: string): string {
  if (typeof x === 'string') return JSON.stringify(x);
  if (dtype === 'bool') return x ? 'true' : 'false';
  return Number.isInteger(x) && Math.abs(x) < 1e15 ? `${x}` : `${Number(x.toPrecision(5))}`;
}

/** What `console.log` and a notebook show of a tensor of tfjs: one that is being recorded has no values, and one that was disposed none any more. */
function showTfTensor(tensor: tf.Tensor, isShort: boolean): string {
  const title = `tensor [${tensor.shape}] ${tensor.dtype}`;
  if (tensor.isDisposed) return `${title}, disposed`;
  if (tensor.dtype === 'complex64') return title;
  try {
    return showTensor(tensor.shape, tensor.dtype, tensor.dataSync() as unknown as ArrayLike<number | string>, isShort);
  } catch {
    return `${title}, without values: they are computed when the compiled function is called`;
  }
}

interface InspectOptions {
  readonly depth?: number | null;
}

const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const DISPLAY = Symbol.for('Jupyter.display');

/** Gives a class of tensors the methods by which Node and the notebook ask an object how it looks. */
function showAs<T>(prototype: T, show: (tensor: T, isShort: boolean) => string): void {
  Object.defineProperties(prototype, {
    [INSPECT]: {
      configurable: true,
      value(this: T, depth: number, options: InspectOptions) {
        return show(this, typeof options?.depth === 'number' && depth < options.depth);
      },
    },
    [DISPLAY]: {
      configurable: true,
      value(this: T) {
        return { 'text/plain': show(this, false) };
      },
    },
  });
}

showAs(tf.Tensor.prototype, showTfTensor);
showAs(DeviceTensor.prototype, (tensor, isShort) =>
  DeviceTensor.shown(tensor, (data) => showTensor(tensor.shape, tensor.dtype, data, isShort)),
);
