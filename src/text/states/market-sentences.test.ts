import { describe, expect, it } from 'vitest';
import { fold, key } from '../../base/index.js';
import { wordTokeniser } from '../tokenisers/vocabulary.js';
import { claimsOf, marketClauses, marketSentence } from './market-sentences.js';

const all = [0, 1].flatMap((regime) => [0, 1, 2].flatMap((volatility) => [0, 1, 2].map((trend) => ({ regime, volatility, trend }))));

describe('marketSentence and claimsOf', () => {
  it('say and read the same, in every wording', () => {
    const texts = new Set<string>();
    for (const claims of all)
      for (let i = 0; i < 200; i++) {
        const text = marketSentence(claims, fold(key(1), i));
        texts.add(text);
        expect(claimsOf(text)).toEqual(claims);
      }
    expect(texts.size).toBe(18 * 3 * 2 * 2);
  });

  it('uses only words of its clauses, which a tokeniser gives back', () => {
    const words = wordTokeniser(marketClauses());
    const text = marketSentence(all[7], key(2));
    expect(words.decode(words.encode(text))).toBe(text);
  });

  it('reads no claim where there is none, or two that differ', () => {
    expect(claimsOf('')).toEqual({ regime: undefined, volatility: undefined, trend: undefined });
    expect(claimsOf('Prices climb, prices slide; MARKETS ARE WILD TODAY!')).toEqual({ regime: 1, volatility: undefined, trend: undefined });
    // 'much is stirring' is not 'nothing much is stirring'
    expect(claimsOf('today nothing much is stirring').regime).toBe(0);
    expect(claimsOf('today much is stirring').regime).toBe(1);
  });

  it('refuses a class that is not there', () => {
    expect(() => marketSentence({ ...all[0], trend: 3 }, key(1))).toThrow('marketSentence: trend is 3; its classes are 0 to 2');
  });
});
