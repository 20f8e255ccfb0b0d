import type { Bundle } from '../../base/index.js';
import { escapeHtml } from '../../base/internal.js';

/** The ground and the ink with which `plot` writes files, and what stands for them on a page that has its own. */
const THEME: readonly (readonly [string, string])[] = [
  ['fill="#ffffff"', 'fill="none"'],
  ['#1b1b1b', 'currentColor'],
];
const [GROUND, INK] = ['#ffffff', '#1b1b1b'];
const GAP = 24;
const LINE = 18;
const FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif";

/** A sheet in parts: its `title`, `lines` of measure, value and how sure it is, tables as HTML, and charts. */
export interface Sheet {
  readonly title: string;
  readonly lines: readonly (readonly [string, string, string])[];
  readonly tables: readonly string[];
  readonly charts: readonly Bundle[];
}

const svgOf = (chart: Bundle) => String(chart['image/svg+xml']);

/** A page of its own: tables and charts in the reader's light or dark, without script and without anything from elsewhere. */
export function htmlPage({ title, tables, charts }: Sheet): string {
  const figures = charts.map((chart, i) => {
    const themed = THEME.reduce((svg, [from, to]) => svg.replaceAll(from, to), ownNames(svgOf(chart), i));
    return `<figure role="img" aria-label="${escapeHtml(chart['text/plain'])}">${themed}</figure>`;
  });
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    '<style>',
    ':root { color-scheme: light dark; }',
    `body { background: Canvas; color: CanvasText; font: 15px/1.5 ${FONT}; max-width: 1320px; margin: 2rem auto; padding: 0 1rem; }`,
    'h1 { font-size: 1.4rem; font-weight: 600; }',
    'table { border-collapse: collapse; margin: 0 0 1.5rem; } caption { text-align: left; opacity: 0.85; }',
    'th, td { padding: 0.15rem 1rem 0.15rem 0; border-bottom: 1px solid #8885; font-variant-numeric: tabular-nums; }',
    'main { columns: 2 560px; column-gap: 1.5rem; } figure { margin: 0 0 1.5rem; break-inside: avoid; } figure svg { max-width: 100%; height: auto; }',
    '</style>',
    '</head>',
    `<body><h1>${escapeHtml(title)}</h1>`,
    ...tables,
    `<main>${figures.join('\n')}</main>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** One picture on a ground of its own: the numbers, and below them the charts in two columns. */
export function svgPage({ title, lines, charts }: Sheet): string {
  const parts = charts.map((chart, i) => {
    const svg = ownNames(svgOf(chart), i);
    const [width, height] = ['width', 'height'].map((name) => Math.ceil(Number(new RegExp(` ${name}="([\\d.]+)"`).exec(svg)?.[1])));
    return { svg, width, height };
  });
  const width = Math.max(...parts.map((part) => part.width));
  const top = GAP + 30 + LINE * lines.length + GAP;
  const heights = [top, top];
  const placed = parts.map((part) => {
    const column = heights[0] <= heights[1] ? 0 : 1;
    const at = `x="${GAP + column * (width + GAP)}" y="${heights[column]}"`;
    heights[column] += part.height + GAP;
    return part.svg.replace('<svg ', `<svg ${at} `);
  });
  const [W, H] = [2 * width + 3 * GAP, Math.max(...heights)];
  const words = (x: number, y: number, text: string, more = '') => `<text x="${x}" y="${y}" ${more}>${escapeHtml(text)}</text>`;
  const table = lines.flatMap(([measure, value, sure], i) => {
    const y = GAP + 44 + LINE * i;
    return [words(GAP, y, measure), words(GAP + 380, y, value, 'text-anchor="end"'), words(GAP + 400, y, sure)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${W}" height="${H}" viewBox="0 0 ${W} ${H}">`,
    `<rect width="${W}" height="${H}" fill="${GROUND}"/>`,
    `<g fill="${INK}" font-family="${FONT}" font-size="13">`,
    words(GAP, GAP + 12, title, 'font-size="18" font-weight="600"'),
    ...table,
    '</g>',
    ...placed,
    '</svg>',
    '',
  ].join('\n');
}

/** The clips and gradients of one chart under names that no other chart on the page has. */
const ownNames = (svg: string, i: number) =>
  svg.replace(/(id="|url\(#|href="#)([\w-]+)/g, (_, where: string, name: string) => `${where}p${i}-${name}`);
