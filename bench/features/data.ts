import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { key, normal, split } from '../../src/base/index.js';
import { type Frame, features, frameOf, tradingDays } from '../../src/market/index.js';

const [T, N] = [8313, 20];
const FIELDS = ['open', 'high', 'low', 'close', 'volume'];

/** Simulated daily bars of twenty assets over 33 years, as many rows as the default store has, with a market in common. */
export function simulated(): Frame {
  const [forMarket, forNight, forSession, forUp, forDown, forVolume] = split(key(1), 6);
  const z = (k: typeof forMarket) => normal(k, [T, N], 'float64').data;
  const [market, night, session, up, down, busy] = [forMarket, forNight, forSession, forUp, forDown, forVolume].map(z);
  const fields = Object.fromEntries(FIELDS.map((name) => [name, new Float64Array(T * N)]));
  for (let n = 0; n < N; n++)
    for (let t = 0, last = 50; t < T; t++) {
      const i = t * N + n;
      const open = last * Math.exp(0.005 * night[i]);
      last = open * Math.exp(0.0002 + 0.012 * (0.6 * market[t * N] + 0.8 * session[i]));
      fields.open[i] = open;
      fields.close[i] = last;
      fields.high[i] = Math.max(open, last) * Math.exp(0.004 * Math.abs(up[i]));
      fields.low[i] = Math.min(open, last) * Math.exp(-0.004 * Math.abs(down[i]));
      fields.volume[i] = Math.round(1e6 * Math.exp(0.4 * busy[i]));
    }
  const dates = tradingDays('1990-01-02', '2023-12-29').slice(0, T);
  const assets = Array.from({ length: N }, (_, n) => `A${n}`);
  return frameOf(FIELDS.map((field) => ({ dates, assets, values: fields[field], field, source: 'simulated' })));
}

/** Families of features that polars and polars-talib have too, so that both sides compute the same numbers; ranks across assets it has not. */
const CLOSES =
  /^(return|momentum|scaled-momentum|trend|price-to-mean|mean-crossover|ema-crossover|nearness-to-(high|low)|up-share|information-discreteness|acceleration|efficiency-ratio|gain-to-pain|long-term-reversal|return-shock|autocorrelation|variance-ratio|seasonal-return|realised-(volatility|quarticity)|standard-deviation|ewma-volatility|(down|up)side-deviation|bipower-volatility|jump-share|volatility-ratio|(log-)?har-(day|week|month)|mean-absolute-return|(max|min)-return|volatility-(of-volatility|change)|skewness|kurtosis|value-at-risk-95|tail-ratio|drawdown|ulcer-index|drawdown-change|rsi|cmo|macd|macd-(signal|histogram)|ppo|bollinger-(b|width)|beta|shrunk-beta|market-correlation|idiosyncratic-volatility|downside-beta|lagged-beta|beta-change|market-(return|volatility)|roll-spread)(-\d+)*$/;
const BARS =
  /^((parkinson|garman-klass|rogers-satchell|yang-zhang)-volatility|(overnight|session)-return|true-range|n?atr|(plus|minus)-di|adx|aroon-oscillator|cci|stochastic-k|williams-r|ultimate-oscillator|volume-ratio|dollar-volume|obv-share|chaikin-money-flow|mfi|vwap-distance|amihud)(-\d+)*$/;

const names = features().map(({ name }) => name);

/** The features of each row of the table. */
export const SETS: Readonly<Record<string, readonly string[]>> = {
  closes: names.filter((name) => CLOSES.test(name)),
  bars: names.filter((name) => CLOSES.test(name) || BARS.test(name)),
};

/** Writes them for the peer: features.bin, the fields [T, N] one after another, and features.json with their names and those of the sets. */
export function writeFeatures(folder: string, { fields }: Frame): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'features.json'), JSON.stringify({ fields: FIELDS, rows: T, assets: N, ...SETS }));
  writeFileSync(join(folder, 'features.bin'), Buffer.concat(FIELDS.map((name) => new Uint8Array(fields[name].buffer))));
}
