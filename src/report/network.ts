import type { Bundle } from '../base/index.js';
import { checkOptions } from '../base/internal.js';
import { GREY, PALETTE, plot, type Spec } from './plot.js';

/** One picture of the nodes: its links, and how large each node is drawn. */
export interface NetworkPanel {
  /** Above the picture: `tree`, `October 2008`. */
  readonly panel: string;
  /** Places of the two nodes of each link. */
  readonly links: readonly (readonly [from: number, to: number])[];
  /** Whether each link leads from its first node to its second, and has an arrow's head there. */
  readonly directed?: boolean;
  /** [N] not negative, in one unit over all panels; all alike when left out. */
  readonly sizes?: ArrayLike<number>;
}

/** What is drawn, and its words. */
export interface NetworkFigure {
  /** The question that the chart answers. */
  readonly title: string;
  /** Of what, and when. */
  readonly subtitle?: string;
  /** Round the circle, from the top, clockwise: neighbours of one group side by side are the easiest to read. */
  readonly nodes: readonly { readonly name: string; readonly group: string }[];
  /** Side by side, two in a row. */
  readonly panels: readonly NetworkPanel[];
  /** Group → colour; in the palette's order without it. */
  readonly colours?: Readonly<Record<string, string>>;
  /** What `sizes` are, with their unit: `volatility (% a year)`. */
  readonly size?: string;
}

/** The places of nodes, on a circle of radius 1, and of the names round it. */
const [LEAST, MOST] = [-1.45, 1.45];
const FIELD = { type: 'quantitative', axis: null, scale: { domain: [LEAST, MOST], nice: false } };
const [WIDTH, HEIGHT] = [270, 250];
/** Pixels between the middle of a node and that of an arrow's head. */
const APART = 8;

/**
 * Graphs over the same nodes, drawn on a circle, so that pictures can be compared node by node.
 *
 *     network({ title: 'Who moves with whom?', nodes: [{ name: 'XOM', group: 'energy' }, …], panels: [{ panel: 'tree', links: spanningTree(R) }] })
 *
 * @throws when a link leaves the nodes, sizes are not one for each node, are negative or have no title, or a group has no colour
 */
export async function network(figure: NetworkFigure): Promise<Bundle> {
  checkOptions('network', figure, ['title', 'subtitle', 'nodes', 'panels', 'colours', 'size']);
  const { title, subtitle, nodes, panels, colours, size } = figure;
  check(figure);
  const domain = [...new Set(nodes.map(({ group }) => group))];
  const range = domain.map((group, i) => (colours ? colours[group] : PALETTE[i % PALETTE.length]));
  const color = { field: 'group', type: 'nominal', sort: null, scale: { domain, range }, legend: { title: null, orient: 'bottom' } };
  const largest = Math.max(...panels.flatMap(({ sizes }) => (sizes ? Array.from(sizes) : [0])));
  const angle = (i: number) => (2 * Math.PI * i) / nodes.length;
  const [x, y] = [(i: number, r = 1) => r * Math.sin(angle(i)), (i: number, r = 1) => r * Math.cos(angle(i))];
  const places = { x: { ...FIELD, field: 'x' }, y: { ...FIELD, field: 'y' } };
  const pictures = panels.map(({ panel, links, sizes, directed }): Spec => {
    const rows = nodes.map(({ name, group }, i) => ({ name, group, x: x(i), y: y(i), ...(sizes && { size: sizes[i] }) }));
    const area = {
      field: 'size',
      type: 'quantitative',
      scale: { domain: [0, largest], range: [0, 420] },
      legend: { title: size, orient: 'bottom', symbolFillColor: GREY, symbolStrokeColor: GREY },
    };
    const lines = links.map(([i, j]) => ({ x: x(i), y: y(i), x2: x(j), y2: y(j) }));
    return {
      title: { text: panel, fontSize: 12, anchor: 'middle', offset: 2 },
      width: WIDTH,
      height: HEIGHT,
      layer: [
        ...(lines.length > 0
          ? [
              {
                data: { values: lines },
                mark: { type: 'rule', color: GREY, opacity: 0.7 },
                encoding: { ...places, x2: { field: 'x2' }, y2: { field: 'y2' } },
              },
            ]
          : []),
        ...(directed && lines.length > 0
          ? [
              {
                data: { values: links.flatMap(([i, j], k) => (i === j ? [] : [headOf(lines[k])])) },
                mark: { type: 'point', shape: 'triangle', filled: true, size: 28, color: GREY, opacity: 1 },
                encoding: { ...places, angle: { field: 'angle', type: 'quantitative', scale: null } },
              },
            ]
          : []),
        {
          data: { values: rows },
          mark: { type: 'point', filled: true, ...(!sizes && { size: 70 }) },
          encoding: { ...places, color, ...(sizes && { size: area }) },
        },
        {
          data: { values: nodes.map(({ name }, i) => ({ name, x: x(i, 1.28), y: y(i, 1.28) })) },
          mark: { type: 'text', fontSize: 9, baseline: 'middle' },
          encoding: { ...places, text: { field: 'name', type: 'nominal' } },
        },
      ],
    };
  });
  const drawn = await plot({ title: subtitle ? { text: title, subtitle } : title, columns: 2, concat: pictures });
  return { ...drawn, 'text/plain': `[chart] ${title} · ${nodes.length} nodes: ${panels.map(({ panel }) => panel).join(', ')}` };
}

/** Where the head of an arrow lies, just before its end, and how it is turned: degrees from upwards, clockwise, as it looks on the screen. */
function headOf({ x, y, x2, y2 }: Readonly<Record<'x' | 'y' | 'x2' | 'y2', number>>) {
  const [right, up] = [((x2 - x) * WIDTH) / (MOST - LEAST), ((y2 - y) * HEIGHT) / (MOST - LEAST)];
  const share = 1 - APART / Math.hypot(right, up);
  return { x: x + share * (x2 - x), y: y + share * (y2 - y), angle: (180 / Math.PI) * Math.atan2(right, up) };
}

function check({ nodes, panels, colours, size }: NetworkFigure): void {
  const N = nodes.length;
  const grey = nodes.find(({ group }) => colours && !colours[group]);
  if (grey) throw new Error(`network: '${grey.group}' has no colour; colours has ${Object.keys(colours!).join(', ')}`);
  for (const { panel, links, sizes } of panels) {
    const out = links.find((link) => link.some((i) => !(Number.isInteger(i) && i >= 0 && i < N)));
    if (out) throw new Error(`network: '${panel}' links ${out[0]} and ${out[1]}, and the nodes are 0 to ${N - 1}; give places, not names`);
    if (!sizes) continue;
    if (!size) throw new Error(`network: '${panel}' has sizes, and nothing says of what; add size: 'volatility (% a year)'`);
    const bad = Array.from(sizes).find((one) => !(one >= 0 && one < Infinity));
    if (sizes.length !== N || bad !== undefined)
      throw new Error(
        `network: '${panel}' has ${sizes.length} sizes for ${N} nodes${bad === undefined ? '' : `, among them ${bad}; they are finite and not negative`}`,
      );
  }
}
