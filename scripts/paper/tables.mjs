// Writes the tables of the paper, paper/tables/*.tex, from what week 12's notebook saved: names and verdicts as words, numbers as \resnum, which the build reads.
//
//     node scripts/paper/tables.mjs            writes them
//     node scripts/paper/tables.mjs --check    fails, naming the table, when one is not what it would write
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'paper', 'tables');

/** @typedef {Record<string, string | number | boolean>} Row */
/** @typedef {{ numbers: Record<string, { value: number, uncertainty: unknown }>, tables: Record<string, Row[]> }} Result */

/** Letters of names that LaTeX writes otherwise. @type {readonly (readonly [RegExp, string])[]} */
const LETTERS = [
  [/(\d) %/g, '$1\\,%'],
  [/%/g, '\\%'],
  [/λ = (\d)e−(\d)/g, '$\\lambda=$1\\cdot10^{-$2}$'],
  [/²/g, '$^2$'],
  [/⁴/g, '$^4$'],
  [/’/g, "'"],
  [/ – /g, ' -- '],
];

/** A name as LaTeX sets it. @param {string | number | boolean} name */
export const words = (name) => LETTERS.reduce((text, [letter, tex]) => text.replace(letter, tex), String(name));

/** An estimate with its interval. @param {string} key @param {number} decimals */
const interval = (key, decimals) =>
  `\\resnum[.${decimals}f]{${key}} & [\\resnum[.${decimals}f]{${key}.low}, \\resnum[.${decimals}f]{${key}.high}]`;

/** A p-value, one too small for its digits as a bound. @param {string} key @param {number} value */
const chance = (key, value) => (value < 0.0005 ? '$<0.001$' : `\\resnum[.3f]{${key}}`);

/** @param {string} of @param {string} caption @param {string} label @param {string} columns @param {string[]} lines */
const table = (of, caption, label, columns, lines) =>
  [
    `% Written by scripts/paper/tables.mjs from results/week12.json: ${of}.`,
    '\\begin{table}[tb]\\centering\\small\\setlength{\\tabcolsep}{4pt}',
    `\\caption{${caption}}\\label{${label}}`,
    `\\begin{tabular}{@{}${columns}@{}}`,
    '\\toprule',
    ...lines,
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');

/** A column of so many millimetres, set ragged. @param {number} width */
const RAGGED = (width) => `>{\\raggedright\\arraybackslash\\hangindent=0.8em}p{${width}mm}`;

/** The name of a side, bold where it won. @param {string | number | boolean} name @param {boolean} won */
const side = (name, won) => (won ? `\\textbf{${words(name)}}` : words(name));

/** A line for each contest, those elsewhere below a rule. @param {Row[]} rows @param {(row: Row) => string} line */
const grouped = (rows, line) =>
  ['US stocks', 'elsewhere'].flatMap((group) => [
    ...(group === 'elsewhere' ? ['\\midrule'] : []),
    ...rows.filter((row) => row.group === group).map(line),
  ]);

const CONTESTS = `${RAGGED(41)}${RAGGED(23)}${RAGGED(23)}cr@{\\ }l@{\\ \\ }r`;

/** The lines of contests, with their head. @param {Result} result @param {(row: Row) => boolean} which */
function contests({ numbers, tables }, which) {
  const lines = grouped(tables.main.filter(which), ({ key, task, closed, deep, counts, unit, decimals, verdict }) => {
    const seeds = `\\resnum[.0f]{week12.${key}.seeds}${counts ? '' : '$^*$'}`;
    const names = `${side(closed, verdict === 'closed form')} & ${side(deep, verdict === 'net')}`;
    return `${words(task)}, ${words(unit)} & ${names} & ${seeds} & ${interval(`week12.${key}`, Number(decimals))} & ${chance(`week12.${key}.counted`, numbers[`${key}.counted`].value)} \\\\`;
  });
  const head = 'task, unit of the loss & closed form & net & seeds & \\multicolumn{2}{c}{gain of the net} & $p$ \\\\';
  return [head, '\\midrule', ...lines];
}

/** @param {Result} result */
function main(result) {
  const caption =
    'Contests, above on US stocks, below elsewhere: the gain of the best net on the best closed form, positive where the net is better, with its interval of 95\\,\\% over dates and seeds, and $p$ after all models of an experiment and all contests are counted, those of Table~\\ref{tab:further} too. Bold: the side that wins. $^*$: the net is the mean of its seeds, whose luck is not in the interval. Days and years of each: Table~\\ref{tab:power}.';
  const lines = contests(result, ({ further }) => !further);
  return small(table('every contest on its first loss', caption, 'tab:main', CONTESTS, lines)).replace('[tb]', '[t]');
}

/** @param {Result} result */
function further(result) {
  const caption = 'The same contests on other losses and horizons whose verdicts were saved, as in Table~\\ref{tab:main}.';
  const lines = contests(result, (row) => Boolean(row.further));
  return small(table('every contest on a further loss', caption, 'tab:further', CONTESTS, lines));
}

/** @param {Result} result */
function power({ numbers, tables }) {
  const lines = grouped(tables.main, ({ key, task, unit, decimals, span }) => {
    const gain = (/** @type {string} */ which) => `\\resnum[.${decimals}f]{week12.${key}.${which}}`;
    return `${words(task)}, ${words(unit)} & ${words(span)} & ${gain('detectable')} & ${gain('detectable-counted')} & ${chance(`week12.${key}.alone`, numbers[`${key}.alone`].value)} \\\\`;
  });
  const head = 'task, unit of the loss & judged on & by itself & counted & $p$ \\\\';
  const caption =
    'What each contest is judged on; the gain that four samples of five would show at 5\\,\\%, by itself, and counted as the verdict is, all rivals of its experiment and all contests; and $p$ by itself.';
  return small(
    table('what each contest could have shown', caption, 'tab:power', `${RAGGED(60)}${RAGGED(46)}rrr`, [head, '\\midrule', ...lines]),
  );
}

/** A wide table in the letters of a footnote. @param {string} text */
const small = (text) => text.replace('\\small\\setlength{\\tabcolsep}{4pt}', '\\footnotesize\\setlength{\\tabcolsep}{2.5pt}');

/** @param {Result} result */
function portfolios({ numbers, tables }) {
  const lines = tables.portfolios.map(({ portfolio }) => {
    const key = `week12.portfolio.${String(portfolio).replace(/\W+/g, '-')}`;
    const above = numbers[`${key.slice(7)}.mean`] ? interval(`${key}.mean`, 1) : ' & ';
    return `${portfolio === '1/N' ? 'equal parts' : words(portfolio)} & \\resnum[.1f]{${key}.return} & \\resnum[.1f]{${key}.volatility} & ${interval(key, 2)} & \\resnum[.1f]{${key}.turnover} & ${above} \\\\`;
  });
  const head = ' & return & volatility & \\multicolumn{2}{c}{Sharpe ratio} & turnover & \\multicolumn{2}{c}{mean above equal parts} \\\\';
  const caption =
    'Portfolios of the twenty stocks, 1995 to 2016, net of costs, in per cent a year, with intervals of 95\\,\\% by a bootstrap of months; turnover in times of equity a year. Levels are lifted by the choice of names.';
  return table('portfolios', caption, 'tab:portfolios', 'lrrr@{\\ }lrr@{\\ }l', [head, '\\midrule', ...lines]);
}

/** @param {Result} result */
function links({ tables }) {
  const lines = tables.links.map(({ portfolio }) => {
    const key = `week12.link.${String(portfolio).replace(/\W+/g, '-')}`;
    return `${words(portfolio)} & ${interval(key, 1)} & ${interval(`${key}.sharpe`, 2)} & \\resnum[.2f]{${key}.holm} \\\\`;
  });
  const head = ' & \\multicolumn{2}{c}{mean, \\% a year} & \\multicolumn{2}{c}{Sharpe ratio} & $p$ \\\\';
  const caption =
    'The chain with one link exchanged or taken out, less the whole chain: differences of mean and of Sharpe ratio with intervals of 95\\,\\%, and $p$ of the mean, all links counted.';
  return table('what is left without each link', caption, 'tab:links', 'lr@{\\ }lr@{\\ }ll', [head, '\\midrule', ...lines]);
}

/** @param {Result} result */
function folds({ tables }) {
  const slugs = [...new Set(tables.folds.map(({ slug }) => slug))];
  const lines = slugs.map((slug) => {
    const rows = tables.folds.filter((row) => row.slug === slug);
    const decimals = slug === 'variance-mse' ? 0 : 3;
    const cells = rows.map(({ fold }) => interval(`week12.fold.${slug}.${String(fold).slice(0, 4)}`, decimals));
    return `${words(rows[0].what)} & ${words(rows[0].model)} & ${cells.join(' & ')} \\\\`;
  });
  const names = tables.folds.filter(({ slug }) => slug === slugs[0]).map(({ fold }) => `\\multicolumn{2}{c}{${fold}}`);
  const caption =
    'The gain of the net that is best in all folds together, by fold, with intervals of 95\\,\\% over dates and three seeds. None is counted.';
  const head = ` & net & ${names.join(' & ')} \\\\`;
  return small(table('folds', caption, 'tab:folds', 'llr@{\\ }lr@{\\ }lr@{\\ }l', [head, '\\midrule', ...lines]));
}

/** @param {Result} result */
function planted({ tables }) {
  const lines = tables.planted.map(({ planted, times, rival }) => {
    const key = (/** @type {string} */ what) => `experiments/week12/planted.${what}.${planted}${times === 1 ? '' : `x${times}`}`;
    return `${planted} & ${times} & ${interval(key('plain'), 4)} & ${words(rival)} & ${interval(key('gain'), 4)} \\\\`;
  });
  const head =
    '$\\kappa$, \\% & rows & \\multicolumn{2}{c}{gain on the plain} & best regression & \\multicolumn{2}{c}{gain on the best} \\\\';
  const caption =
    'What the better net gains in QLIKE on the plain gamma regression, and on the best of three, by what is planted and by rows in those of the panel; intervals of 95\\,\\% over five seeds. None is counted.';
  return small(table('planted', caption, 'tab:planted', 'rrr@{\\ }llr@{\\ }l', [head, '\\midrule', ...lines]));
}

/** What was found of each frozen rule. @type {Record<string, string>} */
const FOUND = {
  H1: `${interval('week12.variance-window', 4)}`.replace(' & ', ' '),
  H2: `${interval('week12.law-day', 4)}`.replace(' & ', ' '),
  H3: `${interval('week12.rival.sharpe', 2)}`.replace(' & ', ' '),
  K1: '\\resnum[.4f]{experiments/week05/volatility.qlike.gain}, error \\resnum[.4f]{experiments/week05/volatility.qlike.gain.se}',
  K2: 'at most \\resnum[.3f]{week12.doubt.most}',
  K3: `${interval('week12.skill.Bayesian-net', 3)}; ${interval('week12.skill.transformer', 3)}`.replaceAll(' & ', ' '),
  K4: 'none: \\resnum[.2f]{week12.rival.sharpe} of Sharpe ratio',
  K5: '\\resnum[.1f]{week12.seeds.spread} against \\resnum[.1f]{experiments/week10/hybrid.stocks.mean}\\,\\% a year',
};

/** @param {Result} result */
function frozen({ tables }) {
  const lines = tables.decision.map(
    ({ rule, asks, verdict }) => `${rule} & ${words(asks)} & ${FOUND[String(rule)]} & ${words(verdict)} \\\\`,
  );
  const caption =
    "Hypotheses and rules that were frozen before the portfolio's models were trained, and what came on the research years. K6, a leak or a Sharpe ratio above 3, and K7, more than twelve hours of training, did not strike.";
  const columns = [6, 50, 48, 28].map(RAGGED).join('');
  return table('what was frozen', caption, 'tab:frozen', columns, [' & asks & found & verdict \\\\', '\\midrule', ...lines]);
}

/** Where the losses of all models of an experiment are: the keys of its numbers. */
const MODELS = [
  { of: 'week05/volatility', measure: 'qlike', verdict: 'qlikeVerdict', what: 'variance of a day, QLIKE', format: '.4f' },
  { of: 'week05/volatility', measure: 'mse', verdict: 'mseVerdict', what: 'the same, squared error, %⁴', format: '.1f' },
  { of: 'week05/returns', measure: 'day', verdict: 'dayVerdict', what: 'return of a day, squared error, %²', format: '.3f' },
  { of: 'week05/returns', measure: 'week', verdict: 'weekVerdict', what: 'return of a week, squared error, %²', format: '.2f' },
  {
    of: 'week03/intervals',
    measure: 'returns',
    verdict: 'returnsVerdict',
    after: '.crps',
    what: 'law of a day’s return, CRPS, %',
    format: '.4f',
  },
  {
    of: 'week03/intervals',
    measure: 'volatility',
    verdict: 'volatilityVerdict',
    after: '.crps',
    what: 'law of a week’s log volatility, CRPS',
    format: '.4f',
  },
  { of: 'week05/regime', measure: 'log', verdict: 'logVerdict', what: 'regime of a week, nats', format: '.4f' },
];

const slug = (/** @type {string} */ name) => name.toLowerCase().replace(/\W+/g, '-');

/** A block for each question: its models, best first, with the HAC error of their mean loss. @param {(name: string) => Result} load */
function models(load) {
  const blocks = MODELS.map(({ of, measure, verdict, after = '', what, format }) => {
    const { numbers, tables } = load(`experiments/${of}`);
    const rows = tables[verdict].map(({ model, seeds }) => {
      const name = `${measure}.${slug(String(model))}${after}`;
      const key = `experiments/${of}.${name}`;
      const error = typeof numbers[name].uncertainty === 'number' ? `\\resnum[${format}]{${key}.se}` : '';
      return `${words(model)} & ${seeds || ''} & \\resnum[${format}]{${key}} & ${error} \\\\`;
    });
    return [
      '\\begin{minipage}[t]{0.49\\linewidth}\\footnotesize\\setlength{\\tabcolsep}{3pt}\\raggedright',
      `{\\sffamily\\bfseries\\color{ink}${words(what)}}\\\\[2pt]`,
      '\\begin{tabular}[t]{@{}lrrr@{}}\\toprule',
      ' & seeds & loss & error \\\\ \\midrule',
      ...rows,
      '\\bottomrule\\end{tabular}\\end{minipage}',
    ].join('\n');
  });
  const placed = blocks.map((block, i) => block + (i % 2 ? '\\par\\vspace{12pt}\\noindent' : '\\hfill'));
  return `% Written by scripts/paper/tables.mjs: all models.\n\\noindent\n${placed.join('\n')}\n`;
}

/** @param {Result} result */
function ledger({ tables }) {
  const lines = tables.trials.map(({ family }) => `\\texttt{${family}} & \\resnum[.0f]{week12.trials.${family}} \\\\`);
  return [
    '% Written by scripts/paper/tables.mjs: the ledger of trials. It stands beside the last block of all models.',
    '\\begin{minipage}[t]{0.49\\linewidth}\\footnotesize\\setlength{\\tabcolsep}{3pt}\\raggedright',
    '{\\sffamily\\bfseries\\color{ink}configurations looked at}\\\\[2pt]',
    '\\begin{tabular}[t]{@{}lr@{}}\\toprule',
    'experiment & without seeds \\\\ \\midrule',
    ...lines,
    '\\bottomrule\\end{tabular}\\end{minipage}',
    '',
  ].join('\n');
}

/**
 * The tables by name, as text.
 *
 * @param {Result} result
 * @param {(name: string) => Result} load
 */
export const paperTables = (result, load = loaded) => ({
  models: models(load),
  ledger: ledger(result),
  main: main(result),
  further: further(result),
  power: power(result),
  portfolios: portfolios(result),
  links: links(result),
  folds: folds(result),
  planted: planted(result),
  frozen: frozen(result),
});

/**
 * @param {string} name
 * @returns {Result}
 */
function loaded(name) {
  return JSON.parse(readFileSync(join(root, 'results', `${name}.json`), 'utf8'));
}

if (process.argv[1] === import.meta.filename) {
  const result = loaded('week12');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(paperTables(result))) {
    const file = join(folder, `${name}.tex`);
    if (!process.argv.includes('--check')) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${relative(root, file)} is not what the results say; write it with node scripts/paper/tables.mjs`);
      process.exitCode = 1;
    }
  }
}
