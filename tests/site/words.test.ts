import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { describe, expect, it } from 'vitest';
import { find, OPTIONS } from '../../scripts/blog/search-words.mjs';
import { ROOT } from './built.js';

const { firstSentence, numberTheorems } = await import(join(ROOT, 'scripts/blog/api-pages.mjs'));
const { withoutDrawings } = await import(join(ROOT, 'scripts/blog/text.mjs'));
const { markdown } = await import(join(ROOT, 'scripts/blog/markdown.mjs'));

describe('the search', () => {
  const pages = [
    { title: 'fitGarch', url: '/api/stats/fitGarch/', text: 'Fits GARCH.' },
    { title: 'GarchOptions', url: '/api/stats/type.GarchOptions/', text: 'How GARCH is fitted.' },
    { title: 'Week 2: the head', url: '/notebooks/2/', text: 'How to read the notebook, and compute its ratio.' },
    { title: 'sharpeRatio', url: '/api/trade/sharpeRatio/', text: 'The Sharpe ratio.' },
    { title: 'A rule', url: '/posts/1/', text: 'It was over-fitted in a back-test, by who survived: a bias.' },
    { title: 'informationRatio', url: '/api/trade/informationRatio/', text: 'The Sharpe ratio of a difference.' },
    { title: 'holm', url: '/api/stats/holm/', text: 'Corrected for all that were tried.' },
    { title: 'A dual norm', url: '/theorems/dual/', text: 'A multiple of it, by testing.' },
    { title: 'purgedKFold', url: '/api/market/purgedKFold/', text: 'Parts without what overlaps.' },
    { title: 'proportional', url: '/api/trade/proportional/', text: 'A share of what is traded.' },
    { title: 'costMoments', url: '/api/trade/costMoments/', text: 'What a schedule costs.' },
    { title: 'blackLitterman', url: '/api/trade/blackLitterman/', text: 'Views.' },
    { title: 'Integration', url: '/theorems/parts/', text: 'By parts.' },
  ];
  const index = new MiniSearch(OPTIONS);
  index.addAll(pages.map((page, id) => ({ id, ...page })));
  it.each([
    ['GARCH', 'fitGarch'],
    ['how to compute the sharpe ratio', 'sharpeRatio'],
    ['overfitting', 'A rule'],
    ['backtest', 'A rule'],
    ['back-tests', 'A rule'],
    ['survivorship bias', 'A rule'],
    ['multiple testing', 'holm'],
    ['p-hacking', 'holm'],
    ['data leakage', 'purgedKFold'],
    ['transaction costs', 'proportional'],
    ['black-litterman', 'blackLitterman'],
    ['black litterman', 'blackLitterman'],
  ])('finds by %j first %s', (words, title) => {
    const best = find(index, words)[0] as { id: number } | undefined;
    expect(pages[best?.id ?? -1]?.title).toBe(title);
  });

  it('takes one letter for a slip, two for another word', () => {
    expect(find(index, 'intergration').length + find(index, 'integation').length).toBeGreaterThan(0);
    expect(find(index, 'cointegration')).toEqual([]);
  });
});

describe('the first sentence of a docstring', () => {
  it('ends at a colon only where it has said something', () => {
    expect(firstSentence('HAR: tomorrow’s variance from three means. More.')).toBe('HAR: tomorrow’s variance from three means.');
    expect(firstSentence('Scores of a forecast by pinball: how far.')).toBe('Scores of a forecast by pinball.');
    expect(firstSentence('A sum:\n\n    a + b')).toBe('A sum.');
  });
});

describe('a theorem in a docstring', () => {
  it('has its number and leads to its page, or has its label and leads nowhere', () => {
    const link = (name: string) => `<a href="/theorems/${name}/">thm:${name}</a>`;
    const entry = { html: `${link('ridge')}; ${link('none')}` };
    numberTheorems({ entries: [entry] }, [{ label: 'thm:ridge', kind: 'Theorem', number: '1.9' }]);
    expect(entry.html).toBe('<a href="/theorems/ridge/">Theorem 1.9</a>; thm:none');
  });
});

describe('code in a docstring', () => {
  it('can be scrolled by keyboard', () => {
    expect(markdown({ plain: true }).render('So:\n\n    a < b\n')).toContain('<pre tabindex="0"><code>a &lt; b\n</code></pre>');
  });
});

describe('a formula in the feed', () => {
  it('is MathML once, with the mark that follows it', () => {
    const html = withoutDrawings(markdown().render('It is $x^2$, so.'));
    expect(html).not.toContain('katex-html');
    expect(html.match(/<math/g)).toHaveLength(1);
    expect(html).toMatch(/<\/math><\/span>,<\/span> so\./);
  });
});

describe('paper', () => {
  it('is white for who chose the dark theme: the rule for print is as strong as that of the choice', () => {
    const css = readFileSync(join(ROOT, 'blog/assets/site.css'), 'utf8');
    expect(css.slice(css.indexOf('@media print'))).toContain(':root[data-theme] { color-scheme: light; }');
  });
});
