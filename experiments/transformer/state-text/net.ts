import { initMarketText, type MarketTextConfig, type MarketTextParams, marketTextLoss, marketWriter } from '../../../src/models/index.js';
import { adam, cosine, type ParamsOf, trainingStep, warmUp } from '../../../src/optim/index.js';
import { drawMarkets } from '../../../src/stats/index.js';
import { compile, fold, type HostArray, type Key, split, toTf } from '../../../src/tensor/index.js';
import { type claimsOf, type MarketClaims, marketClauses, marketSentence, wordTokeniser } from '../../../src/text/index.js';
import { fit, run } from '../../../src/train/index.js';

/** Days of a window, and tokens of the longest text with its end. */
export const DAYS = 64;
const LENGTH = 24;
const BATCH = 128;

const words = wordTokeniser(marketClauses());
/** The token that begins a text, which also fills the places behind its end, and the token that ends it. */
const [BEGIN, END] = [words.size, words.size + 1];
export const CONFIG: MarketTextConfig = {
  days: DAYS,
  width: 48,
  heads: 4,
  layers: 2,
  embedding: 16,
  gpt: { vocabulary: words.size + 2, length: LENGTH, width: 32, heads: 4, layers: 1, hidden: 64 },
};

/** What a text says: the classes that it names. */
export type Said = ReturnType<typeof claimsOf>;

/** New windows with a sentence about each; `shifted`, about the window after it. */
function lesson(k: Key, shifted: boolean) {
  const [forMarkets, forWords] = split(k);
  const { returns, states } = drawMarkets(forMarkets, { windows: BATCH, days: DAYS });
  const tokens = new Int32Array(BATCH * (LENGTH + 1)).fill(BEGIN);
  for (let i = 0; i < BATCH; i++) {
    const of = shifted ? (i + 1) % BATCH : i;
    const claims: MarketClaims = { regime: states.regime[of], volatility: states.volatility[of], trend: states.trend[of] };
    tokens.set([...words.encode(marketSentence(claims, fold(forWords, i))), END], i * (LENGTH + 1) + 1);
  }
  return { returns, tokens: { data: tokens, shape: [BATCH, LENGTH + 1] } };
}

/** Trains encoder and language model on windows that come once; of `shifted` texts, which are about other windows, there is nothing to learn. */
export async function trainedWriter(
  k: Key,
  { steps, shifted = false, onStep }: { steps: number; shifted?: boolean; onStep: (done: number, note: string) => void },
) {
  const [forWeights, forMarkets] = split(k);
  const initial = initMarketText(forWeights, CONFIG);
  const learningRate = warmUp(cosine({ from: 3e-3, steps }), { steps: Math.min(100, Math.ceil(steps / 10)) });
  const optimizer = adam(initial, { learningRate, clipNorm: 1 });
  const step = compile(
    trainingStep(optimizer, (params: ParamsOf<typeof optimizer>, batch: Parameters<typeof marketTextLoss>[1]) =>
      marketTextLoss(params as MarketTextParams, batch, { ...CONFIG, padding: BEGIN }),
    ),
    { donate: [0] },
  );
  const training = run(optimizer.init(initial) as never);
  await fit(training, {
    step: step as never,
    batch: ((s: number) => lesson(fold(forMarkets, s), shifted)) as never,
    steps,
    onStep,
  } as never);
  const losses = training.losses.slice(-Math.ceil(steps / 20));
  const write = marketWriter(optimizer.params(toTf(training.state as never)) as MarketTextParams, CONFIG);
  return {
    loss: losses.reduce((a, b) => a + b, 0) / losses.length,
    /** The text of each window [n, T]. */
    texts: async (returns: HostArray<Float32Array>): Promise<string[]> => {
      const ids = await write(returns, BEGIN);
      return ids.map((row) => words.decode(row.slice(0, row.includes(END) ? row.indexOf(END) : LENGTH).filter((id) => id < words.size)));
    },
  };
}
