import * as nn from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

const convolution = (dilation: number): HandCase => ({
  functions: ['causalConvolutionForward', 'causalConvolutionBackward'],
  hand({ causalConvolutionForward, causalConvolutionBackward }, [x, w, b], dy) {
    const [taps, reach] = [
      { w: w.data, b: b.data },
      { steps: x.shape[1], width: x.shape[2], dilation },
    ];
    const { dx, dw, db } = causalConvolutionBackward(dy, taps, x.data, reach);
    return { y: causalConvolutionForward(taps, x.data, reach), grads: [dx, dw, db] };
  },
  library: (x, w, b) => nn.causalConvolution({ w, b }, x, { dilation }),
});

export const cases: Readonly<Record<string, HandCase>> = {
  plain: convolution(1),
  gaps: convolution(3),
  pastTheStart: convolution(5),
};
