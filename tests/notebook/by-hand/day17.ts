import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  concatenated: {
    functions: ['concatenateForward', 'concatenateBackward'],
    hand({ concatenateForward, concatenateBackward }, [z, price, asset, place], dy) {
      const stamps = { price: price.data, asset: asset.data, place: place.data };
      const { dz, dprice, dasset, dplace } = concatenateBackward(dy, stamps, z.data);
      return { y: concatenateForward(stamps, z.data), grads: [dz, dprice, dasset, dplace] };
    },
    library(z, price, asset, place) {
      const [A, L, D] = [asset.shape[0], place.shape[0], price.shape[0]];
      return z.reshape([A, L, 1]).mul(price).add(asset.expandDims(1)).add(place).reshape([-1, D]);
    },
  },
};
