/** Widths of the characters from space to tilde in thousandths of an em: Helvetica's, from Adobe's Core 14 font metrics. */
const HELVETICA = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278,
  278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
  667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556,
  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/**
 * The width of a text in pixels, for laying out charts where there is no canvas to measure on.
 *
 * A tenth is added, because a reader's sans-serif may be wider than Helvetica (DejaVu Sans is) and room is better than overlap.
 */
export function textWidth(text: string, fontSize: number): number {
  let thousandths = 0;
  for (const character of text) thousandths += HELVETICA[character.codePointAt(0)! - 32] ?? 600;
  return (1.1 * fontSize * thousandths) / 1000;
}
