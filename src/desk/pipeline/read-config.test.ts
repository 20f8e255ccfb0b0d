import { describe, expect, it } from 'vitest';
import { marketYaml, said, TINY } from '../../../tests/support/market-yaml.js';
import { readMarketConfig } from './read-config.js';

const { folder, write } = marketYaml();
const without = (line: string) => TINY.replace(`${line}\n`, '');

/** What is changed, and every line that is said. */
const BROKEN: Record<string, [text: string, lines: string[]]> = {
  'a wrong key': [
    TINY.replace('lookback: 16', 'lookbak: 16'),
    [
      "15: model lacks 'lookback'; allowed: a whole number from 1 to 1024, a multiple of patch, as 64; add lookback: …",
      "16: model has no key 'lookbak'; allowed: lookback, patch, width, heads, layers, across, time, names; did you mean 'lookback'?; or delete the line",
    ],
  ],
  'a wrong section': [
    TINY.replace('gate:', 'gates:'),
    [
      "21: the file has no key 'gates'; allowed: name, seed, data, split, forecast, model, gate, train, alignment, backtest, evaluation, explanation, text; did you mean 'gate'?; or delete the line",
    ],
  ],
  'a wrong type': [
    TINY.replace('width: 8', 'width: wide'),
    ['18: model.width is "wide"; allowed: a whole number from 1 to 1024, a multiple of heads, as 16'],
  ],
  'a list that is none': [
    TINY.replace('[market-volatility-21]', 'market-volatility-21').replace('gate:\n  features: [', 'gate:\n  features: ['),
    ['22: gate.features is "market-volatility-21"; allowed: a list of names, as [market-volatility-21]'],
  ],
  'a flag that is none': [
    TINY.replace('layers: 1', 'layers: 1\n  across: 1'),
    ['21: model.across is 1; allowed: true or false: assets look at each other'],
  ],
  'out of range': [TINY.replace('days: 5', 'days: 500'), ['14: forecast.days is 500; allowed: a whole number from 1 to 63, as 5']],
  'a choice that there is not': [
    TINY.replace('what: volatility', 'what: volume'),
    ['13: forecast.what is "volume"; allowed: volatility or return'],
  ],
  'a date that is none': [
    TINY.replace("'2004-12-31'", "'2004-13-31'"),
    ['10: split.train is "2004-13-31"; allowed: a date in quotes, as \'2003-12-31\''],
  ],
  'a key that is missing': [
    without('  steps: 30'),
    ["23: train lacks 'steps'; allowed: a whole number from 1 to 1000000, as 300; add steps: …"],
  ],
  'a section that is missing': [
    TINY.replace(/^split:\n.*\n.*\n/m, ''),
    ["1: 'split' is missing; allowed: the keys train, validate, indented below it; add split: …"],
  ],
  'no YAML': [
    TINY.replace('  patch: 4', '  patch: 4\n  patch: 5'),
    ['18: no YAML: Map keys must be unique; look for a key that is there twice, a tab, or a line indented by another number of spaces'],
  ],
  'a model that does not fit itself': [
    TINY.replace('width: 8', 'width: 9').replace('lookback: 16', 'lookback: 18'),
    [
      '16: model.lookback is 18; allowed: a multiple of model.patch, 4, as 20',
      '18: model.width is 9; allowed: a multiple of model.heads, 2, as 10',
    ],
  ],
  'a gate on what is no feature': [
    TINY.replace('features: [market-volatility-21]', 'features: [market-volatility-63]'),
    ['22: gate.features[0] is market-volatility-63; allowed: one of data.features: log-har-week, return-shock-1, market-volatility-21'],
  ],
  'years in another order': [
    TINY.replace("validate: '2006-12-31'", "validate: '2004-12-31'"),
    ['11: split.validate is 2004-12-31; allowed: after split.train, 2004-12-31'],
  ],
  'sealed years': [
    TINY.replace("'2009-12-31'", "'2019-12-31'"),
    ['7: data.to is 2019-12-31; allowed: until 2016-12-31: later years are sealed, and lemmata vault opens them'],
  ],
  'more validations than steps': [
    TINY.replace('validateEvery: 10', 'validateEvery: 50'),
    ['27: train.validateEvery is 50; allowed: at most train.steps, 30'],
  ],
};

describe('readMarketConfig', () => {
  it.each(Object.entries(BROKEN))('says file, line, what is allowed and the fix of %s', async (_, [text, lines]) => {
    const file = write('market.yaml', text);
    expect(await said(folder, () => readMarketConfig(file))).toBe(lines.map((line) => `market.yaml:${line}`).join('\n'));
  });

  it('says of a file that is not there how one is named', () => {
    expect(() => readMarketConfig('no.yaml')).toThrow('no.yaml cannot be read (ENOENT); name a file as config/market.yaml');
  });

  it('reads the file of the repository, and one with the least that there must be', () => {
    const { config } = readMarketConfig('config/market.yaml');
    expect([config.name, config.model.across, config.gate?.features]).toEqual(['market', true, ['market-volatility-21']]);
    const least = readMarketConfig(write('least.yaml', TINY.replace(/^gate:\n.*\n/m, '').replace(/^alignment[\s\S]*/m, ''))).config;
    expect([least.gate, least.alignment, least.backtest, least.evaluation, least.explanation, least.text]).toEqual(
      Array(6).fill(undefined),
    );
  });
});
