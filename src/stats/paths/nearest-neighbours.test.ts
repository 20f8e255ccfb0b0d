import { describe, expect, it } from 'vitest';
import { type Key, key, normal, randint } from '../../base/random.js';
import type { Matrix } from '../../linalg/index.js';
import { memorisation } from './nearest-neighbours.js';

const [T, N, SPAN] = [600, 2, 10];

/** Windows of SPAN days of T days of N independent assets, one a day. */
function windowsOf(k: Key): Matrix {
  const days = normal(k, [T, N], 'float64').data;
  const rows = T - SPAN + 1;
  const data = new Float64Array(rows * SPAN * N);
  for (let i = 0; i < rows; i++) data.set(days.subarray(i * N, (i + SPAN) * N), i * SPAN * N);
  return { rows, cols: SPAN * N, data };
}
const data = windowsOf(key(1));
const everyTenth = ({ cols, data }: Matrix): Matrix => {
  const rows = Math.floor(data.length / cols / SPAN);
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) out.set(data.subarray(i * SPAN * cols, (i * SPAN + 1) * cols), i * cols);
  return { rows, cols, data: out };
};

describe('memorisation', () => {
  it('clears new rows of the same law', () => {
    const { nearer, copied, memorises } = memorisation(everyTenth(windowsOf(key(2))), data, { span: SPAN });
    expect(nearer.low).toBeLessThan(0.5);
    expect(nearer.high).toBeGreaterThan(0.5);
    expect(copied.low).toBeLessThan(0.05);
    expect(memorises).toBe(false);
  });

  it('catches a planted copier, at any scale and with noise of a third of the signal', () => {
    const chosen = randint(key(3), [50], 0, data.rows).data;
    const noise = normal(key(4), [50, data.cols], 'float64').data;
    const copies = Float64Array.from({ length: 50 * data.cols }, (_, at) => {
      const [i, k] = [Math.floor(at / data.cols), at % data.cols];
      return 0.02 * (data.data[chosen[i] * data.cols + k] + 0.33 * noise[at]);
    });
    const { nearer, copied, memorises } = memorisation({ rows: 50, cols: data.cols, data: copies }, data, { span: SPAN });
    expect(nearer.area).toBeGreaterThan(0.99);
    expect(copied.share).toBeGreaterThan(0.95);
    expect(memorises).toBe(true);
  });

  it('has a cosine as distance, and no neighbour that shares days', () => {
    const { data: own } = memorisation(everyTenth(data), data, { span: SPAN });
    let most = -1;
    for (let j = SPAN; j < data.rows; j++) {
      let [xy, xx, yy] = [0, 0, 0];
      for (let k = 0; k < data.cols; k++) {
        const [x, y] = [data.data[k], data.data[j * data.cols + k]];
        xy += x * y;
        xx += x * x;
        yy += y * y;
      }
      most = Math.max(most, xy / Math.sqrt(xx * yy));
    }
    expect(own[0]).toBeCloseTo(1 - most, 12);
  });

  it('names what does not fit', () => {
    expect(() => memorisation({ rows: 1, cols: 3, data: new Float64Array(3) }, data, { span: SPAN })).toThrow(
      'memorisation: generated rows have 3 numbers and the data 20; cut windows of one length',
    );
    expect(() => memorisation({ rows: 1, cols: 20, data: new Float64Array(20) }, data, { span: SPAN })).toThrow(
      'memorisation: row 0 is 0 throughout',
    );
  });
});
