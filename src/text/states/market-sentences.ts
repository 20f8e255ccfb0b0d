import { fold, type Key, uniform } from '../../base/index.js';
import { checkKey } from '../../base/internal.js';

/** What a sentence says of a market: the number of a class each, as `drawMarkets` of `lemmata/stats` counts them. */
export interface MarketClaims {
  /** 0 calm, 1 wild. */
  readonly regime: number;
  /** 0 small, 1 ordinary, 2 large moves. */
  readonly volatility: number;
  /** 0 down, 1 none, 2 up. */
  readonly trend: number;
}

const WORDINGS: { readonly [aspect in keyof MarketClaims]: readonly (readonly string[])[] } = {
  regime: [
    ['markets are calm today', 'a quiet spell goes on', 'today nothing much is stirring'],
    ['markets are wild today', 'a restless spell goes on', 'today much is stirring'],
  ],
  volatility: [
    ['moves are small as a rule', 'day by day it hardly moves'],
    ['moves are ordinary as a rule', 'day by day it moves as most do'],
    ['moves are large as a rule', 'day by day it moves a lot'],
  ],
  trend: [
    ['prices slide', 'the trend points down'],
    ['prices go nowhere', 'no trend is to be seen'],
    ['prices climb', 'the trend points up'],
  ],
};
const ASPECTS = ['regime', 'volatility', 'trend'] as const;

/** All clauses that a sentence can have, as the sample of a tokeniser. */
export const marketClauses = (): string[] => [...ASPECTS.flatMap((aspect) => WORDINGS[aspect].flat()), '; , and .'];

/**
 * A sentence that says these three things, in one of several wordings.
 *
 *     marketSentence({ regime: 1, volatility: 2, trend: 0 }, key(1))   // 'a restless spell goes on ; moves are large as a rule , and prices slide .'
 *
 * @param key  chooses the wording, not what is said
 * @throws     when a class is not there
 */
export function marketSentence(claims: MarketClaims, key: Key): string {
  checkKey('marketSentence', key);
  const [regime, volatility, trend] = ASPECTS.map((aspect, i) => {
    const wordings = WORDINGS[aspect][claims[aspect]];
    if (!wordings)
      throw new Error(
        `marketSentence: ${aspect} is ${claims[aspect]}; its classes are 0 to ${WORDINGS[aspect].length - 1}, as drawMarkets counts them`,
      );
    return wordings[Math.floor(uniform(fold(key, i), [1], 'float64').data[0] * wordings.length)];
  });
  return `${regime} ; ${volatility} , and ${trend} .`;
}

/**
 * What a text says: of each aspect the class that it names, or none where it names no class or more than one.
 *
 *     claimsOf('prices climb , and prices slide .')   // { regime: undefined, volatility: undefined, trend: undefined }
 *
 * @param text  of the words of `marketSentence`, in any order and case
 */
export function claimsOf(text: string): { readonly [aspect in keyof MarketClaims]: number | undefined } {
  const plain = ` ${text.toLowerCase().replace(/[^a-z]+/g, ' ')} `;
  const [regime, volatility, trend] = ASPECTS.map((aspect) => {
    const named = WORDINGS[aspect].flatMap((wordings, k) => (wordings.some((wording) => plain.includes(` ${wording} `)) ? [k] : []));
    return named.length === 1 ? named[0] : undefined;
  });
  return { regime, volatility, trend };
}
