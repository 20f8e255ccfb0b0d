import { describe, expect, it } from 'vitest';
import { simulatedPrices } from '../../../tests/support/panels.js';
import { adjust, withActions } from '../frame/actions.js';
import { type Frame, fieldOf, frameOf } from '../frame/frame.js';
import { mapValues, type Panel } from '../panel/panel.js';
import { logReturns } from '../panel/returns.js';
import { assertNoLookahead } from './lookahead.js';

const PRICES = simulatedPrices(300);
const PAID = mapValues(PRICES, 'close', (price, t, n) => (n === 0 && t >= 150 ? price / 4 : price));
const RAW = withActions(frameOf(PAID), [
  { asset: 'A', exDate: PRICES.dates[150], split: 4 },
  { asset: 'B', exDate: PRICES.dates[200], dividend: 1.5 },
]);

/** What a holder earns, of prices as they were paid; it takes no split that is none. */
function totalReturns(frame: Frame): Panel {
  const { split, dividend } = frame.fields;
  if (!split.every((ratio) => ratio === 1 || ratio === 4)) throw new Error('a split that never was');
  return mapValues(fieldOf(frame, 'close'), 'return', (price, t, n) => {
    const [i, before] = [2 * t + n, frame.fields.close[2 * (t - 1) + n]];
    return (split[i] * (price + dividend[i])) / before - 1;
  });
}

describe('assertNoLookahead of a frame with splits and dividends', () => {
  it('leaves them as they are, but drops them with their rows', async () => {
    await assertNoLookahead(totalReturns, RAW);
    const announced = (frame: Frame) =>
      mapValues(fieldOf(frame, 'close'), 'splitTomorrow', (_, t, n) => frame.fields.split[2 * (t + 1) + n] ?? 1);
    await expect(assertNoLookahead(announced, RAW)).rejects.toThrow(
      `the pipeline looks ahead: its output of ${PRICES.dates[149]}, column A, goes from 4 to 1 when rows after`,
    );
  });

  it('begins after adjust, and says so of a pipeline that calls it', async () => {
    const returns = (frame: Frame) => logReturns(fieldOf(frame, 'adjClose'));
    await assertNoLookahead(returns, adjust(RAW));
    const begin = 'where it calls adjust, begin after that: assertNoLookahead(pipeline, adjust(frame))';
    const level = (frame: Frame) => fieldOf(adjust(frame), 'adjClose');
    await expect(assertNoLookahead(level, RAW, { changes: ['truncate'] })).rejects.toThrow(begin);
    await expect(assertNoLookahead(level, RAW, { changes: ['crash'] })).rejects.toThrow(begin);
  });
});
