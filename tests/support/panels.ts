import { key } from '../../src/base/random.js';
import { tradingDays } from '../../src/market/panel/calendar.js';
import type { Panel } from '../../src/market/panel/panel.js';
import { gbm } from '../../src/market/simulate/simulate.js';

/** A small panel from rows of numbers, on consecutive trading days from 2 January 2020. */
export function panelOf(assets: readonly string[], rows: readonly (readonly number[])[], { source = 'test', field = 'close' } = {}): Panel {
  return {
    dates: tradingDays('2020-01-02', '2024-12-31').slice(0, rows.length),
    assets,
    values: Float64Array.from(rows.flat()),
    field,
    source,
  };
}

/** Simulated daily prices of `assets` over `steps` trading days: 20 % volatility, 6 % drift a year. */
export function simulatedPrices(steps: number, assets: readonly string[] = ['A', 'B'], seed = 1): Panel {
  const { data } = gbm(key(seed), { mu: 0.06, sigma: 0.2, steps, paths: assets.length });
  return panelOf(
    assets,
    Array.from({ length: steps }, (_, t) => assets.map((_, n) => data[n * steps + t])),
  );
}
