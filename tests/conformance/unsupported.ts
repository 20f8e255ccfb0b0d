import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';

/** Kernels that the tracing backend does not have, by the reason why. This list decides what counts as unsupported; no test's name does. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'complex numbers and Fourier transforms are out of scope: ONNX opset 18 has no complex type': [
    'Complex',
    'ComplexAbs',
    'Real',
    'Imag',
    'FFT',
    'IFFT',
  ],
  'strings are out of scope': ['StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast'],
  'images are out of scope': [
    'CropAndResize',
    'Draw',
    'FlipLeftRight',
    'FromPixels',
    'NonMaxSuppressionV3',
    'NonMaxSuppressionV4',
    'NonMaxSuppressionV5',
    'ResizeBilinear',
    'ResizeBilinearGrad',
    'ResizeNearestNeighbor',
    'ResizeNearestNeighborGrad',
    'RotateWithOffset',
    'Transform',
  ],
  'sparse tensors are out of scope': ['SparseFillEmptyRows', 'SparseReshape', 'SparseSegmentMean', 'SparseSegmentSum', 'SparseToDense'],
  'ragged tensors are out of scope': ['RaggedGather', 'RaggedRange', 'RaggedTensorToTensor'],
  'three-dimensional convolution and pooling are out of scope': [
    'AvgPool3D',
    'AvgPool3DGrad',
    'Conv3D',
    'Conv3DBackpropFilterV2',
    'Conv3DBackpropInputV2',
    'MaxPool3D',
    'MaxPool3DGrad',
  ],
  'morphological dilation is out of scope': ['Dilation2D', 'Dilation2DBackpropFilter', 'Dilation2DBackpropInput'],
  'the shape of the result depends on values, which a compiled graph does not have': ['Unique'],
  'randomness enters a compiled function as an input': ['Multinomial'],
};

const reasonOf = new Map(Object.entries(REASONS).flatMap(([reason, kernels]) => kernels.map((kernel) => [kernel, reason] as const)));

/** Registers kernels that report their call and throw. */
export function registerUnsupported(backendName: string, called: (kernel: string) => void): void {
  for (const kernelName of reasonOf.keys())
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: () => {
        called(kernelName);
        throw new Error(`${kernelName} is not supported: ${reasonOf.get(kernelName)}`);
      },
    });
}

/** Supported kernels on tensors of a type that no graph holds are named with it: `Concat of string`. */
const OF_TYPE = { string: 'strings are out of scope', complex64: 'complex numbers are out of scope' } as const;

/** Writes unsupported.md: each kernel, its reason, and how many of tfjs-core's tests call it. */
export function writeTable(specs: readonly (readonly string[])[]): void {
  const others = [...new Set(specs.flat())].filter((kernel) => !reasonOf.has(kernel)).sort();
  const typed = others.map((kernel) => [kernel, OF_TYPE[kernel.split(' of ')[1] as keyof typeof OF_TYPE]] as const);
  const count = (kernel: string) => specs.filter((called) => called.includes(kernel)).length;
  const rows = [...reasonOf, ...typed].map(([kernel, reason]) => `| ${kernel} | ${count(kernel)} | ${reason} |`);
  const text = `# Kernels the tracing backend does not have

Made by \`npm run conformance -- --table\`. One of tfjs-core's tests counts as unsupported when it calls one of them.

| kernel | tests that call it | reason |
|---|---|---|
${rows.join('\n')}
`;
  writeFileSync(new URL('unsupported.md', import.meta.url), text);
}
