/**
 * Layers by hand: forward and backward in loops over `Float64Array`, as the thirty-day path writes them. They say how a layer is
 * computed, and `lemmata/nn` computes it. Sizes follow from lengths; one that does not is named: `attention(q, k, v, { width })`.
 */
export { type AgreementOptions, agreement } from './agreement.js';
