import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fold, key } from '../../base/index.js';
import { encode, replaceFile } from '../../base/internal.js';
import { batches, fit, resume } from '../../train/index.js';
import type { MarketRunConfig } from './config.js';
import { evaluate, explain, lossesOf, type RunMetrics, tell, trade } from './judge.js';
import { type MarketNet, marketNet } from './market-net.js';
import { type MarketData, marketData } from './market-windows.js';
import { type ReadConfig, readMarketConfig } from './read-config.js';

/** What a run says while it works: the `stage` that it is in, and `done` of how many steps, `of`. */
export interface MarketProgress {
  readonly stage: 'data' | 'training' | 'judging' | 'done';
  /** Of `of`, steps of training. */
  readonly done?: number;
  readonly of?: number;
  /** In words: a loss, a number of windows. */
  readonly note?: string;
}

/** Where a run writes, and who looks on: `progress` is called as it goes. */
export interface MarketRunOptions {
  /** The folder of all runs; this one's is named after it. */
  readonly out: string;
  readonly progress?: (event: MarketProgress) => void;
  /** Stops between two steps; what was done is saved, and the same call goes on from there. */
  readonly signal?: AbortSignal;
}

/** What a run left, and where, its `metrics` too. */
export interface MarketRun {
  /** With `config.yaml`, `checkpoint.safetensors`, `weights.safetensors`, `metrics.json`, `forecasts.csv`, a report in Markdown and `log.jsonl`. */
  readonly folder: string;
  readonly metrics: RunMetrics;
  /** The sentences of `text`, or none. */
  readonly text: string;
  /** Steps done, of training. */
  readonly steps: number;
}

/**
 * Trains and judges a market transformer as a file says: loads data, cuts windows, trains with checkpoints, then backtests, evaluates,
 * explains and tells, each section where the file has it.
 *
 *     const { metrics } = await trainMarket('config/market.yaml', { out: 'build/runs' });
 *
 * The same file gives the same numbers; a run that was killed goes on from its last checkpoint, to the bits of one that was not. Files are
 * written whole or not at all.
 *
 * @throws naming file and line where the file, the data or the model do not fit; when a checkpoint of the folder is of another configuration;
 *         and the signal's reason when it aborts
 */
export async function trainMarket(file: string, options: MarketRunOptions): Promise<MarketRun> {
  const { out, progress = () => {}, signal } = options;
  const read = readMarketConfig(file);
  const { config } = read;
  const folder = join(out, config.name);
  progress({ stage: 'data', note: `${config.data.panel}, ${config.data.features.length} features` });
  const data = await marketData(read);
  progress({
    stage: 'data',
    note: `${[data.train, data.validate, data.judge].map(({ dates }) => dates.length).join(', ')} windows to train, choose and judge`,
  });
  if (config.train.batch > data.train.dates.length)
    throw read.fail(
      ['train', 'batch'],
      `train.batch is ${config.train.batch}; allowed: at most ${data.train.dates.length}, the windows to train on`,
    );
  mkdirSync(folder, { recursive: true });
  const net = marketNet(config, data.prices.assets.length);
  const training = await trained(read, net, data, { folder, progress, signal });
  progress({ stage: 'judging' });
  const state = training.best?.state ?? training.state;
  const made = await net.forecast(state, data.judge.x);
  const { metrics, text, curves } = await judged(config, net, data, state, made);
  replaceFile(join(folder, 'config.yaml'), read.text);
  replaceFile(
    join(folder, 'weights.safetensors'),
    encode(
      (await net.weights(state)).map((one) => ({ ...one, dtype: 'float32' as const })),
      { format: 'lemmata', name: config.name },
    ),
  );
  replaceFile(join(folder, 'forecasts.csv'), forecastsOf(data, made));
  if (curves) replaceFile(join(folder, 'equity.csv'), curves);
  replaceFile(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  replaceFile(join(folder, 'report.md'), reportOf(config, data, metrics, text));
  progress({ stage: 'done', note: folder });
  return { folder, metrics, text, steps: training.step };
}

/** Trains, or goes on where a checkpoint ends. */
async function trained(
  read: ReadConfig,
  net: MarketNet,
  data: MarketData,
  { folder, progress, signal }: { folder: string } & Pick<MarketRunOptions, 'progress' | 'signal'>,
) {
  const { config } = read;
  const { steps, batch, validateEvery, patience, checkpointEvery } = config.train;
  const file = join(folder, 'checkpoint.safetensors');
  const { name, data: chosen, split, forecast, model, gate, train, alignment } = config;
  const about = {
    name,
    config: dotted({ data: chosen, split, forecast, model, gate, train: { ...train, steps: undefined }, alignment, steps }),
    data: data.hash,
  };
  const fresh = net.fresh(about);
  let training: typeof fresh;
  try {
    training = resume(file, fresh);
  } catch (error) {
    throw read.fail(
      ['name'],
      `${folder} holds a run that this file does not go on from: ${(error as Error).message}; or give this one another name`,
    );
  }
  if (existsSync(file)) progress?.({ stage: 'training', done: training.step, of: steps, note: 'goes on from its checkpoint' });
  const feed = batches({ x: data.train.x, y: data.train.y }, { size: batch, key: net.batchKey });
  const loss = async (state: unknown) => {
    const losses = lossesOf(data.validate, await net.forecast(state, data.validate.x));
    return losses.reduce((sum, v) => sum + v, 0) / losses.length;
  };
  await fit(training as never, {
    step: net.step as never,
    batch: (k: number) => feed.batch(k) as never,
    steps,
    validate: { every: validateEvery, patience, loss },
    checkpoint: { file, every: checkpointEvery },
    log: join(folder, 'log.jsonl'),
    onStep: (done, note) => {
      const last = training.validations.at(-1);
      progress?.({ stage: 'training', done, of: steps, note: last ? `${note}, validation ${last.loss.toPrecision(4)}` : note });
    },
    ...(signal && { signal }),
  });
  return training;
}

async function judged(config: MarketRunConfig, net: MarketNet, data: MarketData, state: unknown, made: Float64Array) {
  const traded = config.backtest && trade(data, made, config);
  const explained =
    config.explanation && (await explain(data, config, { key: fold(key(config.seed), 1), made, forecast: (x) => net.forecast(state, x) }));
  const metrics: RunMetrics = { ...(config.evaluation && evaluate(data, made, config.evaluation)), ...traded?.metrics, ...explained };
  const curves =
    traded &&
    [
      'date,model,equal',
      ...traded.dates.map((date, t) => [date, ...['model', 'equal'].map((name) => traded.equity[name][t].toFixed(2))].join(',')),
      '',
    ].join('\n');
  return { metrics, text: config.text ? tell(data, made, config, metrics) : '', curves };
}

/** Forecasts and answers of the judged windows, in standard units. */
function forecastsOf({ judge, prices: { assets } }: MarketData, made: Float64Array): string {
  const rows = judge.dates.flatMap((date, w) =>
    assets.map((asset, n) =>
      [date, asset, made[w * assets.length + n].toPrecision(7), judge.y.data[w * assets.length + n].toPrecision(7)].join(','),
    ),
  );
  return `${['date,asset,forecast,answer', ...rows].join('\n')}\n`;
}

function reportOf(config: MarketRunConfig, { train, validate, judge }: MarketData, metrics: RunMetrics, text: string): string {
  const shown = (uncertainty: RunMetrics[string]['uncertainty']) =>
    typeof uncertainty === 'string'
      ? uncertainty
      : typeof uncertainty === 'number'
        ? `± ${uncertainty.toPrecision(2)}`
        : `[${uncertainty.map((v) => v.toPrecision(3)).join(', ')}]`;
  const span = ({ dates }: typeof train) => `${dates.length} windows, ${dates[0]} to ${dates.at(-1)}`;
  return [
    `# ${config.name}`,
    '',
    ...(text ? [text, ''] : []),
    `Trained on ${span(train)}; stopped by ${span(validate)}; judged on ${span(judge)}.`,
    '',
    '| what | value | how sure |',
    '|---|---|---|',
    ...Object.values(metrics).map(
      ({ value, uncertainty, description }) => `| ${description} | ${value.toPrecision(4)} | ${shown(uncertainty)} |`,
    ),
    '',
  ].join('\n');
}

/** Values by their dotted keys: `model.width`. */
const dotted = (tree: object, before = ''): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([name, value]) =>
      value && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(dotted(value, `${before}${name}.`))
        : value === undefined
          ? []
          : [[before + name, value]],
    ),
  );
