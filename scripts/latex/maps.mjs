// What stands on what, drawn: the theorems of a chapter in their order, an arrow from each to those whose proofs use it.

/** @typedef {import('./book.mjs').BookTheorem} BookTheorem */

const ROW = 0.46; // cm between two theorems

/**
 * \theoremmap{3} of every week, and \chaptermap, as lemmata-maps.tex defines them.
 *
 * @param {BookTheorem[]} theorems  of all weeks, in order
 */
export function maps(theorems) {
  const weeks = [...new Set(theorems.map(({ week }) => week))];
  const drawn = weeks.map((week) => `\\csgdef{lemmata@map@${week}}{${chapterMap(week, theorems)}}\n`);
  return `${drawn.join('')}\\csgdef{lemmata@map@chapters}{${overview(weeks, theorems)}}\n`;
}

/**
 * What a proof uses without the detour by another: of a → b → c and a → c, only the first two are drawn.
 *
 * @param {BookTheorem} theorem
 * @param {Map<string, BookTheorem>} byLabel
 */
export function reduced(theorem, byLabel) {
  /** @type {(label: string, seen?: Set<string>) => Set<string>} */
  const above = (label, seen = new Set()) => {
    for (const used of byLabel.get(label)?.uses ?? [])
      if (!seen.has(used)) {
        seen.add(used);
        above(used, seen);
      }
    return seen;
  };
  const uses = [...new Set(theorem.uses)];
  return uses.filter((label) => !uses.some((other) => other !== label && above(other).has(label)));
}

/**
 * The theorems of a week below each other, with arcs at their left; theorems of other weeks are named at the right.
 *
 * @param {number} week
 * @param {BookTheorem[]} theorems
 */
function chapterMap(week, theorems) {
  const byLabel = new Map(theorems.map((theorem) => [theorem.label, theorem]));
  const here = theorems.filter((theorem) => theorem.week === week);
  const y = (/** @type {number} */ number) => (-ROW * number).toFixed(2);
  const lines = here.map((theorem) => {
    const far = theorem.uses.flatMap((label) => {
      const used = byLabel.get(label);
      return used && used.week !== week ? [`\\hyperref[${label}]{${used.week}.${used.number}}`] : [];
    });
    const also = far.length ? `\\quad{\\color{quiet}uses ${far.join(', ')}}` : '';
    return (
      `\\fill[ink] (0,${y(theorem.number)}) circle (1.6pt);` +
      `\\node[right=3pt,font=\\footnotesize] at (0,${y(theorem.number)}) ` +
      `{\\makebox[2.2em][l]{\\textsf{${week}.${theorem.number}}}\\hyperref[${theorem.label}]{${theorem.title}}${also}};`
    );
  });
  const arcs = here.flatMap((theorem) =>
    reduced(theorem, byLabel).flatMap((label) => {
      const used = byLabel.get(label);
      if (used?.week !== week) return [];
      const reach = (-0.35 - 0.17 * Math.abs(theorem.number - used.number)).toFixed(2);
      return [
        `\\draw[ink!60,->,>=stealth] (-0.08,${y(used.number)}) .. controls (${reach},${y(used.number)}) and (${reach},${y(theorem.number)}) .. (-0.08,${y(theorem.number)});`,
      ];
    }),
  );
  return `\\begin{tikzpicture}${arcs.join('')}${lines.join('')}\\end{tikzpicture}`;
}

/**
 * The chapters below each other: as thick an arc as theorems of the lower one use the upper one's, their number at the side.
 *
 * @param {number[]} weeks
 * @param {BookTheorem[]} theorems
 */
function overview(weeks, theorems) {
  const weekOf = new Map(theorems.map(({ label, week }) => [label, week]));
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { week, uses } of theorems)
    for (const from of uses.map((label) => weekOf.get(label)))
      if (from !== undefined && from !== week) counts.set(`${from} ${week}`, (counts.get(`${from} ${week}`) ?? 0) + 1);
  const y = (/** @type {number} */ week) => (-0.58 * weeks.indexOf(week)).toFixed(2);
  const arcs = [...counts].map(([pair, count]) => {
    const [from, to] = pair.split(' ').map(Number);
    const reach = (-0.5 - 0.3 * Math.abs(to - from)).toFixed(2);
    return `\\draw[ink!55,->,>=stealth,line width=${(0.4 + 0.35 * Math.min(count, 6)).toFixed(2)}pt] (-0.1,${y(from)}) .. controls (${reach},${y(from)}) and (${reach},${y(to)}) .. (-0.1,${y(to)});`;
  });
  const lines = weeks.map((week) => {
    const own = theorems.filter((theorem) => theorem.week === week);
    const inside = own.flatMap(({ uses }) => uses.filter((label) => weekOf.get(label) === week)).length;
    const from = weeks.flatMap((other) => {
      const count = counts.get(`${other} ${week}`);
      return count ? [`${count} from chapter ${other}`] : [];
    });
    const said = [`${own.length} theorems`, `${inside} steps inside`, ...from].join(', ');
    return (
      `\\fill[ink] (0,${y(week)}) circle (2pt);\\node[right=4pt,align=left] at (0,${y(week)}) ` +
      `{\\makebox[1.8em][l]{\\textsf{${week}}}\\csuse{lemmata@chapter@${week}}\\quad{\\footnotesize\\color{quiet}${said}}};`
    );
  });
  return `\\begin{tikzpicture}${arcs.join('')}${lines.join('')}\\end{tikzpicture}`;
}
