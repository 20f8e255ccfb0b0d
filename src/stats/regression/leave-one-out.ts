/** What is left of a row's weight in its own fit when rounding has taken its share: below it, 1 − h has no digits. */
const ROUNDING = 1e-12;

/**
 * e/(1 − h): the error at a row of the fit that has not seen it. NaN at leverage 1, where that fit does not exist: only this row tells of
 * some column, as of a dummy for one day.
 */
export const leaveOneOut = (e: number, h: number): number => (1 - h > ROUNDING ? e / (1 - h) : Number.NaN);

/** The same for all rows, e [n] and h [n]. */
export const withoutOwnRow = (e: Float64Array, h: Float64Array): Float64Array => e.map((value, i) => leaveOneOut(value, h[i]));
