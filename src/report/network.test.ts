import { describe, expect, it } from 'vitest';
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

  it('names what it cannot draw', async () => {
    const of = (panel: object, more = {}) => network({ title: 'x', nodes, panels: [{ panel: 'a', links: [], ...panel }], ...more });
    await expect(of({ links: [[0, 4]] })).rejects.toThrow("network: 'a' links 0 and 4, and the nodes are 0 to 3");
    await expect(of({ sizes: [1, 1, 1, 1] })).rejects.toThrow("network: 'a' has sizes, and nothing says of what");
    await expect(of({ sizes: [1, 1, 1] }, { size: 's' })).rejects.toThrow("network: 'a' has 3 sizes for 4 nodes");
    await expect(of({ sizes: [1, 1, -1, 1] }, { size: 's' })).rejects.toThrow('among them -1; they are finite and not negative');
    await expect(of({}, { colours: { energy: '#123456' } })).rejects.toThrow("network: 'finance' has no colour; colours has energy");
  });
});
