import { z } from 'zod';

/** What `market.yaml` says, and nothing else: one file from which a market transformer is trained, judged and explained. */
export interface MarketRunConfig {
  /** Of the run, and of its folder. */
  readonly name: string;
  /** Of the key that everything random comes from. */
  readonly seed: number;
  /** Which prices, and what is made of them. */
  readonly data: MarketRunData;
  /** Where the years are cut: training ends with `train`, choosing with `validate`, and what is left until `data.to` judges. */
  readonly split: { readonly train: string; readonly validate: string };
  /** What is forecast: volatility (its logarithm) or log return over this many days; a window is taken every so many days. */
  readonly forecast: { readonly what: 'volatility' | 'return'; readonly days: number };
  /** How large the market transformer is, and which of its parts it has. */
  readonly model: MarketRunModel;
  /** The features that open the gate, from `data.features`; no gate when left out. */
  readonly gate?: { readonly features: readonly string[] };
  /** How it is trained. */
  readonly train: MarketRunTraining;
  /** CORAL carries the judged years' features to the training years', as the validation years tell, with `ridge` on both covariances; none when left out. */
  readonly alignment?: { readonly ridge: number };
  /** Portfolios of the forecasts at a cost in basis points of what is traded, beside 1/N; none when left out. */
  readonly backtest?: { readonly cost: number };
  /** Squared errors beside the mean and a ridge, whose penalties these are; none when left out. */
  readonly evaluation?: { readonly penalties: readonly number[] };
  /** What a feature is worth: the error after it has been shuffled over windows, so many times; none when left out. */
  readonly explanation?: { readonly shuffles: number };
  /** Sentences on the newest judged window, naming so many assets at each end; none when left out. */
  readonly text?: { readonly assets: number };
}

/** Prices of a run, and the features of their days. */
export interface MarketRunData {
  /** A dataset of prices in the store. */
  readonly panel: string;
  /** Some of its assets; all when left out. */
  readonly assets?: readonly string[];
  /** First day of a window's end. */
  readonly from: string;
  /** Last day; 2016-12-31 at the latest, for later years are sealed. */
  readonly to: string;
  /** Names of `features()` of `lemmata/market`. */
  readonly features: readonly string[];
}

/** Size and parts of a run's market transformer: `MarketTransformerConfig` without what the data say. */
export interface MarketRunModel {
  /** T, a multiple of `patch`. */
  readonly lookback: number;
  /** Days of a patch. */
  readonly patch: number;
  /** D, a multiple of `heads`. */
  readonly width: number;
  /** H */
  readonly heads: number;
  /** Blocks. */
  readonly layers: number;
  /** Assets look at each other. */
  readonly across: boolean;
  /** Patches look back. */
  readonly time: boolean;
  /** Assets have vectors of their own. */
  readonly names: boolean;
}

/** How long and how fast a run trains, and when it is validated and saved. */
export interface MarketRunTraining {
  /** At most. */
  readonly steps: number;
  /** Windows in a step. */
  readonly batch: number;
  /** Learning rate of Adam. */
  readonly rate: number;
  /** Steps between two validations. */
  readonly validateEvery: number;
  /** Validations without a best one after which training ends. */
  readonly patience: number;
  /** Steps between two checkpoints. */
  readonly checkpointEvery: number;
}

const whole = (from: number, to: number, example: number, more = '') =>
  z.int().min(from).max(to).describe(`a whole number from ${from} to ${to}${more}, as ${example}`);
const number = (above: number, to: number, example: number) =>
  z.number().gt(above).max(to).describe(`a number above ${above} and at most ${to}, as ${example}`);
const date = (example: string) => z.iso.date().describe(`a date in quotes, as '${example}'`);
const flag = (of: string) => z.boolean().default(true).describe(`true or false: ${of}`);
const names = (example: string) => z.array(z.string().min(1)).min(1).describe(`a list of names, as [${example}]`);

/** The schema of `MarketRunConfig`. The description of a key says what it may be; messages quote it. */
export const marketRunSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w-]+$/)
    .describe('letters, digits, - and _, as my-market'),
  seed: z.int().min(0).default(1).describe('a whole number from 0 up, as 7'),
  data: z.strictObject({
    panel: z.string().min(1).describe('a dataset of the store, as skfolio/sp500-stocks; lemmata data list shows them'),
    assets: names('AAPL, MSFT').optional().describe('a list of names of the panel, as [AAPL, MSFT]; all when left out'),
    from: date('1995-01-01'),
    to: date('2016-12-31'),
    features: names('log-har-week, return-shock-1'),
  }),
  split: z.strictObject({ train: date('2003-12-31'), validate: date('2007-12-31') }),
  forecast: z.strictObject({
    what: z.enum(['volatility', 'return']).describe('volatility or return'),
    days: whole(1, 63, 5),
  }),
  model: z.strictObject({
    lookback: whole(1, 1024, 64, ', a multiple of patch'),
    patch: whole(1, 256, 8),
    width: whole(1, 1024, 16, ', a multiple of heads'),
    heads: whole(1, 64, 2),
    layers: whole(1, 24, 1),
    across: flag('assets look at each other'),
    time: flag('patches look back'),
    names: flag('assets have vectors of their own'),
  }),
  gate: z.strictObject({ features: names('market-volatility-21') }).optional(),
  train: z.strictObject({
    steps: whole(1, 1_000_000, 300),
    batch: whole(1, 4096, 8),
    rate: number(0, 1, 0.003),
    validateEvery: whole(1, 1_000_000, 50),
    patience: whole(1, 1000, 4),
    checkpointEvery: whole(1, 1_000_000, 50),
  }),
  alignment: z.strictObject({ ridge: z.number().min(0).default(0.1).describe('a number from 0 up, as 0.1') }).optional(),
  backtest: z.strictObject({ cost: z.number().min(0).max(1000).describe('basis points from 0 to 1000, as 5') }).optional(),
  evaluation: z
    .strictObject({
      penalties: z
        .array(z.number().min(0))
        .min(1)
        .default([0.01, 1, 100, 10_000, 1_000_000])
        .describe('a list of numbers from 0 up, as [1, 100, 10000]'),
    })
    .optional(),
  explanation: z.strictObject({ shuffles: whole(2, 1000, 5) }).optional(),
  text: z.strictObject({ assets: whole(1, 20, 3) }).optional(),
});
