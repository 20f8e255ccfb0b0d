/** How far a line may stick out of the text, in points, before a reader sees it. */
const OVERFULL = 5;

/**
 * What TeX warned of and a reader would notice: undefined references, repeated labels, missing glyphs, overfull boxes.
 *
 * @param {string} log
 */
export function complaints(log) {
  const found = new Set();
  for (const line of log.split('\n')) {
    const overfull = /^Overfull \\[hv]box \(([\d.]+)pt too (?:wide|high)\)(.*)/.exec(line);
    if (overfull && Number(overfull[1]) > OVERFULL) found.add(`sticks out by ${overfull[1]} pt${overfull[2]}`);
    const warning = /^(?:LaTeX|Package hyperref) Warning: (.*(?:undefined|multiply defined).*)/.exec(line);
    if (warning) found.add(warning[1]);
    if (/^Missing character/.test(line)) found.add(line);
  }
  return [...found];
}

/** @param {string} log */
export const pages = (log) => Number(/Output written on .* \((\d+) pages?/.exec(log)?.[1]);
