import { describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { network } from './network.js';

const nodes = [
  { name: 'XOM', group: 'energy' },
  { name: 'CVX', group: 'energy' },
  { name: 'JPM', group: 'finance' },
  { name: 'BAC', group: 'finance' },
];

describe('network', () => {
  it('draws each node, link and name once in a panel', async () => {
    const figure = await network({
      title: 'Who moves with whom?',
      nodes,
      panels: [
        { panel: 'two pairs', links: [[0, 1], [2, 3]], sizes: [1, 2, 3, 0] }, // biome-ignore format: links
        { panel: 'none', links: [] },
      ],
      size: 'volatility (%)',
    });
    const svg = String(figure['image/svg+xml']);
    for (const { name } of nodes) expect(svg.split(`>${name}<`).length - 1).toBe(2);
    expect(svg.match(/<line /g)).toHaveLength(2);
    for (const word of ['two pairs', 'none', 'energy', 'volatility (%)', 'Who moves with whom?']) expect(svg).toContain(`>${word}<`);
  });

  it('gives a directed link a head near its second node, turned towards it', async () => {
    const panel = { panel: 'who leads', links: [[0, 2], [1, 3], [3, 0]] as const }; // biome-ignore format: links
    const heads = async (directed: boolean) => {
      const svg = String((await network({ title: 'Who leads whom?', nodes, panels: [{ ...panel, directed }] }))['image/svg+xml']);
      return [...svg.matchAll(/transform="translate\(([\d.]+),([\d.]+)\) rotate\(([-\d.]+)\)"/g)].map((match) =>
        match.slice(1).map(Number),
      );
    };
    expect(await heads(false)).toEqual([]);
    // The nodes stand at the top, right, bottom and left of a circle in 270 by 250 pixels from −1.45 to 1.45.
    const steep = Math.atan2(270, 250); // from the left to the top
    const expected = [
      [135, 125 + 250 / 2.9 - 8, 180],
      [135 - 270 / 2.9 + 8, 125, -90],
      [135 - 8 * Math.sin(steep), 125 - 250 / 2.9 + 8 * Math.cos(steep), (180 / Math.PI) * steep],
    ];
    const found = await heads(true);
    expect(found).toHaveLength(3);
    for (const [i, head] of found.entries()) expectClose(head, expected[i], 2);
  });

  it('names what it cannot draw', async () => {
    const of = (panel: object, more = {}) => network({ title: 'x', nodes, panels: [{ panel: 'a', links: [], ...panel }], ...more });
    await expect(of({ links: [[0, 4]] })).rejects.toThrow("network: 'a' links 0 and 4, and the nodes are 0 to 3");
    await expect(of({ sizes: [1, 1, 1, 1] })).rejects.toThrow("network: 'a' has sizes, and nothing says of what");
    await expect(of({ sizes: [1, 1, 1] }, { size: 's' })).rejects.toThrow("network: 'a' has 3 sizes for 4 nodes");
    await expect(of({ sizes: [1, 1, -1, 1] }, { size: 's' })).rejects.toThrow('among them -1; they are finite and not negative');
    await expect(of({}, { colours: { energy: '#123456' } })).rejects.toThrow("network: 'finance' has no colour; colours has energy");
  });
});
