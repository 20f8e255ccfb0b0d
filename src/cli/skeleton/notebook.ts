type Tag = 'parameters' | 'exercise' | 'answer';

interface Cell {
  readonly type: 'markdown' | 'code';
  readonly text: string;
  readonly tag?: Tag;
}

const markdown = (text: string): Cell => ({ type: 'markdown', text });
const code = (text: string): Cell => ({ type: 'code', text });
/** A question and its answer, which stays folded until a reader opens it. */
const exercise = (question: string, answer: string): Cell[] => [
  { type: 'markdown', text: question, tag: 'exercise' },
  { type: 'code', text: answer, tag: 'answer' },
];

/** notebooks/weekNN-mean.ipynb: one section with all its steps, a capstone, and what is saved. The form: notebooks/README.md. */
export function notebook(week: string): string {
  const cells = [...head(week), ...section(week), ...capstone, ...tail(week)].map(asJupyter);
  const metadata = {
    kernelspec: { display_name: 'TypeScript (Lemmata)', language: 'typescript', name: 'lemmata' },
    lemmata: { quick: { draws: 200 } },
  };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

const HIDDEN = { source_hidden: true, outputs_hidden: true };

function asJupyter({ type, text, tag }: Cell, i: number): object {
  const lines = text.trim().split('\n');
  const source = lines.map((line, at) => (at < lines.length - 1 ? `${line}\n` : line));
  const metadata = { ...(tag && { tags: [tag] }), ...(tag === 'answer' && { jupyter: HIDDEN }) };
  const cell = { cell_type: type, id: `c${String(i).padStart(2, '0')}`, metadata, source };
  return type === 'code' ? { ...cell, execution_count: null, outputs: [] } : cell;
}

const head = (week: string): Cell[] => [
  markdown(`# Week ${Number(week.slice(4))} · The mean

**After this week you can** estimate a mean return, say how sure you are, and decide what it is good for.
**You need** week 1. **It takes** an hour; the notebook runs in seconds.

Run the cells from top to bottom. Each section asks a question: write down your own answer before you run the cell below it.`),
  {
    type: 'code',
    tag: 'parameters',
    text: `const parameters = {
  from: '1990-01-01',
  to: '2016-12-31', // 2017 to 2022 stays sealed: what is chosen here must not have seen it
  draws: 4000, // simulated samples
  seed: 1,
};`,
  },
  code(`import { loadPanel, logReturns, seriesOf } from 'lemmata/market';
import { mean, standardDeviation } from 'lemmata/linalg';
import {
  answer, checklist, estimate, type Finding, histogram, markdown, PALETTE, save, show, sourcesOf, statement, table,
} from 'lemmata/report';
import { key, normal, split } from 'lemmata/tensor';

const { from, to, seed } = parameters;
const returns = seriesOf(logReturns(await loadPanel('skfolio/sp500-index', { from, to })), 'SP500');
const data = await sourcesOf('skfolio/sp500-index');
const checks = checklist();
const numbers: Record<string, Finding> = {};
table(data.flatMap(({ name, limits }) => limits.map((limit) => ({ data: name, limit }))), {
  title: 'What these data cannot tell',
});`),
];

const section = (week: string): Cell[] => [
  markdown(
    `## 1. What does the market earn in a year?

**Predict.** Write down a mean in per cent a year, and how far from the truth twenty-seven years of prices may leave you.

From scratch: add the daily log returns, divide by their number, and count 252 trading days a year. The *standard error* is how far such a
mean typically lies from the true one, $s/\\sqrt n$ if the days are uncorrelated, where $s$ is their standard deviation.`,
  ),
  code(`let total = 0;
for (const r of returns) total += r;
const byHand = (25_200 * total) / returns.length; // per cent a year
const library = 25_200 * mean(returns);
const error = (25_200 * standardDeviation(returns)) / Math.sqrt(returns.length);
numbers.mean = {
  value: library, uncertainty: error, unit: '% a year',
  description: 'mean log return of the S&P 500, without dividends', tolerance: 1e-6,
};
await show(
  checks.check('thm:${week}-mean', {
    claim: 'the distance of the mean by hand from the mean of the library',
    value: Math.abs(byHand - library),
    atMost: 1e-9,
  }),
  markdown\`The market earned \${estimate(library, error, 1)} % a year. Two standard errors to either side hold
the true mean in about 95 of 100 such samples.\`,
);`),
  code(`statement(
  'thm:${week}-mean',
  'Of all constants the mean has the smallest sum of squared errors.',
);`),
  markdown(`**What surprised us.** A quarter of a century leaves the mean uncertain by several per cent a year. More days within the same years would not help:
the sum of the log returns is the last price over the first.`),
  ...exercise(
    `**Exercise 1.1 · run it with another number.** Set \`from\` to \`'2000-01-01'\`. Does the interval still hold your own guess?`,
    `// Answer 1.1
{
  const late = seriesOf(logReturns(await loadPanel('skfolio/sp500-index', { from: '2000-01-01', to })), 'SP500');
  const error = (25_200 * standardDeviation(late)) / Math.sqrt(late.length);
  await answer(markdown\`From 2000 on the mean is \${estimate(25_200 * mean(late), error, 1)} % a year: the interval is wider.\`);
}`,
  ),
  ...exercise(
    `**Exercise 1.2 · prove.** Why does the mean of daily log returns depend on the first and the last price alone?`,
    `// Answer 1.2
{
  let logPrice = 0;
  for (const r of returns) logPrice += r;
  await answer(
    checks.check('thm:${week}-mean', {
      claim: 'the distance of n times the mean from the log of last over first price',
      value: Math.abs(logPrice - returns.length * mean(returns)),
      atMost: 1e-9,
    }),
    markdown\`Log returns telescope: Σ log(p_t / p_{t−1}) = log(p_n / p_0).\`,
  );
}`,
  ),
  ...exercise(
    '**Exercise 1.3 · change.** Use only every fifth day. How much wider is the error, and why not √5 times?',
    `// Answer 1.3
{
  const fifth = returns.filter((_, t) => t % 5 === 0);
  const wide = (25_200 * standardDeviation(fifth)) / Math.sqrt(fifth.length);
  await answer(markdown\`The error is \${wide / error} times as wide: √5 = 2.24 up to chance, for a fifth of the days.\`);
}`,
  ),
  ...exercise(
    '**Exercise 1.4 · build.** Check the standard error by simulation: how far do means of simulated histories scatter?',
    `// Answer 1.4
{
  const s = standardDeviation(returns);
  const means = split(key(seed + 1), 200).map(
    (k) => 25_200 * s * mean(normal(k, [returns.length], 'float64').data),
  );
  const scatter = standardDeviation(means);
  await answer(markdown\`They scatter by \${estimate(scatter, scatter / Math.sqrt(400), 2)} % a year; the formula says \${error}.\`);
}`,
  ),
];

const capstone: Cell[] = [
  markdown(`## 2. Capstone: how long must a desk wait to know?

A desk wants the mean to within one per cent a year, at two standard errors. Decide: is this a number to size a position by?`),
  code(`const volatility = Math.sqrt(252) * standardDeviation(returns); // a year
const years = (2 * volatility * 100) ** 2;
const simulated = split(key(seed), parameters.draws).map(
  (k) => 25_200 * mean(normal(k, [252], 'float64').data.map((z) => (volatility / Math.sqrt(252)) * z)),
);
numbers.years = {
  value: years, uncertainty: 'none: a rule of thumb from the volatility', unit: 'years',
  description: 'years until two standard errors of the mean are one per cent', tolerance: 1e-3,
};
const figure = await histogram({
  title: 'How far off can the mean of one year be when the true mean is zero?',
  x: 'mean of a simulated year (% a year)',
  samples: { 'one year': simulated },
  colours: { 'one year': PALETTE[0] },
  rules: [{ x: 0 }],
});
await show(figure, markdown\`**Decision.** It would take \${years} years: do not size by the mean.\`);`),
];

const tail = (week: string): Cell[] => [
  markdown(`## What to take along

- A mean return comes with a standard error, and the error is large.

**What failed.** More data within the same years did not make the mean more certain.

**Where to read on.** \`proofs/${week}.tex\`; Merton (1980), *On estimating the expected return on the market*.`),
  code(`save('${week}', {
  title: 'The mean', seed, parameters, data, numbers,
  trials: 1, // configurations that were looked at before these numbers
  figures: { means: figure },
});
checks.table();`),
];
