/** An element of the page, by its id. */
export function byId<E extends Element = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element '${id}'; look at index.njk beside main.ts`);
  return found as Element as E;
}

/** A colour of the page as it is now, light or dark: `--accent`. */
export function colourOf(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Calls back when the page turns light or dark. */
export function onTheme(redraw: () => void): void {
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
}

/** A line of a chart. */
export interface Line {
  readonly values: readonly number[];
  /** Its class in the style sheet: `live`, `other`. */
  readonly look: string;
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Draws lines over the steps 0, 1, 2 … with what its axes count written beside them.
 *
 * @param svg    its viewBox is the chart's size
 * @param name   of the vertical axis
 * @param steps  of the horizontal axis, at least
 * @param from   where the first value stands, in steps; 0 when left out, and the last where steps end
 * @param ticks  what is written below the axis, at which steps; the number of steps at its end when left out
 */
export function drawLines(
  svg: SVGSVGElement,
  lines: readonly Line[],
  {
    name,
    steps,
    from = 0,
    ticks,
  }: { readonly name: string; readonly steps: number; readonly from?: number; readonly ticks?: readonly (readonly [number, string])[] },
): void {
  const { width, height } = svg.viewBox.baseVal;
  const [left, top, right, bottom] = [44, 22, width - 10, height - 24];
  const last = Math.max(steps, ...lines.map(({ values }) => values.length - 1));
  const some = lines.some(({ values }) => values.some((value) => value > 0));
  const high = Math.max(1e-9, ...lines.flatMap(({ values }) => values.filter(Number.isFinite)));
  const across = (k: number) => left + ((right - left) * (k + from)) / last;
  const up = (value: number) => bottom - ((bottom - top) * value) / high;
  const element = (tag: string, attributes: Record<string, string | number>, text = '') => {
    const made = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    made.textContent = text;
    return made;
  };
  const thin = (values: readonly number[]) => Math.max(1, Math.floor(values.length / 400));
  svg.replaceChildren(
    element('path', { class: 'axis', d: `M${left} ${top}V${bottom}H${right}` }),
    element('text', { x: 0, y: 12 }, name),
    element('text', { x: left - 6, y: top + 4, 'text-anchor': 'end' }, some ? high.toPrecision(2) : ''),
    element('text', { x: left - 6, y: bottom + 4, 'text-anchor': 'end' }, '0'),
    ...(ticks ?? [[last, `${last} steps`] as const]).map(([at, text]) =>
      element('text', { x: across(at - from).toFixed(1), y: height - 6, 'text-anchor': at === last ? 'end' : 'middle' }, text),
    ),
    ...lines.map(({ values, look }) => {
      const every = thin(values);
      const kept = values.map((value, k) => [k, value]).filter(([k, value]) => k % every === 0 && Number.isFinite(value));
      return element('polyline', {
        class: look,
        points: kept.map(([k, value]) => `${across(k).toFixed(1)},${up(value).toFixed(1)}`).join(' '),
      });
    }),
  );
}
