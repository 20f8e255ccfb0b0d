/** Kernels that the tracing backend does not have, by the reason why. */
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

/** Why a kernel cannot be recorded, by its name. */
export const UNSUPPORTED: ReadonlyMap<string, string> = new Map(
  Object.entries(REASONS).flatMap(([reason, kernels]) => kernels.map((kernel) => [kernel, reason] as const)),
);

/** Why a kernel that can be cannot on tensors of this type. */
export const UNSUPPORTED_TYPES: ReadonlyMap<string, string> = new Map([
  ['string', 'strings are out of scope'],
  ['complex64', 'complex numbers are out of scope'],
]);
