import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Row } from '../base/index.js';
import { replaceFile, replaceFolder, resultsFolder, sha256 } from '../base/internal.js';

/**
 * How far a number may be from what it estimates: its standard error, an interval [low, high] (95 % unless the description says
 * otherwise), or the word why there is none: `'exact: a count'`, `'none: chosen, not estimated'`.
 */
export type Uncertainty = number | Range | { readonly low: number; readonly high: number } | `exact: ${string}` | `none: ${string}`;
type Range = readonly [low: number, high: number];

/** The folder of results that experiments saved. */
export const EXPERIMENTS = 'experiments';
/** Where results to be read are: while a notebook runs, its own go elsewhere. */
export const evidenceFolder = (): string => process.env.LEMMATA_EVIDENCE ?? resultsFolder();

/** An interval in the one form that is saved, [low, high]; anything else as it is. */
export const asSaved = (uncertainty: Uncertainty): Exclude<Uncertainty, { readonly low: number }> =>
  typeof uncertainty === 'object' && 'low' in uncertainty ? [uncertainty.low, uncertainty.high] : uncertainty;

/** A number that a notebook saves: its `value`, with `uncertainty` and a `description` for readers. It may move by `tolerance` when the same code runs on another machine. */
export interface Finding {
  value: number;
  uncertainty: Uncertainty;
  /** '1' when it has none. */
  unit: string;
  description: string;
  tolerance: number;
}

/** A dataset by `name`, with the `sha256` of what it was made from. */
export interface Source {
  name: string;
  sha256: string;
}

/**
 * All that a notebook found: a `title`, the `seed` and `parameters` it ran with, its `data`, `numbers`, `tables` and `figures`.
 */
export interface Findings {
  title: string;
  seed: number;
  parameters: Readonly<Record<string, unknown>>;
  data: readonly Source[];
  /** How many configurations were tried before these numbers: what a deflated Sharpe ratio needs to know. */
  trials: number;
  numbers: Readonly<Record<string, Finding>>;
  tables?: Readonly<Record<string, readonly Row[]>>;
  /** Charts made by `plot` and its helpers. */
  figures?: Readonly<Record<string, Bundle>>;
}

/**
 * Writes what a notebook found to `results/<name>.json`, and its charts beside it as `<name>/<figure>.svg` and `.vl.json`: the
 * paper, the slides and the site read their numbers from there.
 *
 * Equal findings give equal bytes: keys are sorted, numbers have ten significant digits, nothing carries a time. A reader never
 * sees half a file. `npm run notebooks` sets the two environment variables that are recorded as `profile` and `code`; a
 * result saved by hand says so, and the check of committed results rejects it.
 *
 * @param origin  what is saved of how it was made; left out, what `npm run notebooks` says
 * @throws        when a number is not finite, or lacks its uncertainty, unit, description or tolerance
 */
export function save(name: string, findings: Findings, origin: Readonly<Record<string, unknown>> = ofNotebook()): string {
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(name))
    throw new Error(`report.save: a name has lower-case letters, digits and dashes, and slashes for folders, got '${name}'`);
  for (const [key, finding] of Object.entries(findings.numbers)) assertComplete(`${name}.${key}`, finding);
  const { figures = {}, tables = {}, data, ...rest } = findings;
  const numbers = Object.fromEntries(
    Object.entries(findings.numbers).map(([key, finding]) => [key, { ...finding, uncertainty: asSaved(finding.uncertainty) }]),
  );
  const charts = saveCharts(join(resultsFolder(), name), figures);
  const file = join(resultsFolder(), `${name}.json`);
  replaceFile(
    file,
    canonical({ name, ...rest, numbers, data: data.map(({ name, sha256 }) => ({ name, sha256 })), ...origin, tables, figures: charts }),
  );
  return file;
}

const ofNotebook = () => ({ profile: process.env.LEMMATA_PROFILE ?? 'by hand', code: process.env.LEMMATA_CODE ?? null });

/**
 * A saved number: `num('week01.beta')`; its standard error: `num('week01.beta.se')`; the ends of its interval: `.low` and `.high`.
 * Of an experiment: `num('experiments/week03/mnist.plainError')`; of a bench: `num('bench-citations.cora.pytorch')`.
 *
 * @throws when there is no such result or number, naming those that there are
 */
export function num(key: string): number {
  const [name = '', ...rest] = key.split('.');
  const { numbers } = load(name, key);
  const value = numbers[rest.join('.')]?.value ?? derived(numbers, rest.join('.'));
  if (value === undefined)
    throw new Error(`num: results/${name}.json has no number '${rest.join('.')}'; it has ${Object.keys(numbers).join(', ')}`);
  return value;
}

const DERIVED = /^(.+)\.(se|low|high)$/;

/** `<key>.se`, `<key>.low` or `<key>.high` of a number whose uncertainty is of that kind. */
function derived(numbers: Findings['numbers'], key: string): number | undefined {
  const [, stem = '', part] = DERIVED.exec(key) ?? [];
  const saved = numbers[stem]?.uncertainty;
  const uncertainty = saved === undefined ? undefined : asSaved(saved);
  if (typeof uncertainty === 'number') return part === 'se' ? uncertainty : undefined;
  if (typeof uncertainty === 'string' || uncertainty === undefined || part === 'se') return undefined;
  return uncertainty[part === 'low' ? 0 : 1];
}

export { resultsFolder };

/** Results that no notebook saves. */
const BENCH = /^bench(-|$)/;

function load(name: string, key: string): Findings {
  const own = name.startsWith(`${EXPERIMENTS}/`);
  const folder = own || BENCH.test(name) ? evidenceFolder() : resultsFolder();
  try {
    return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  } catch (cause) {
    const there = savedIn(own ? join(folder, EXPERIMENTS) : folder, own).map((saved) => (own ? `${EXPERIMENTS}/${saved}` : saved));
    const bench = BENCH.test(name) && `bench -- ${name.replace(BENCH, '')}`;
    const fix = own ? name.replace('/', ' ') : bench || `notebooks ${name}`;
    throw new Error(`num: no result '${name}' for '${key}'; there are ${there.join(', ') || 'none'}. Run npm run ${fix}`, { cause });
  }
}

/** The results of a folder by name, of the folders in it too where they are experiments; charts, which lie beside theirs, are none. */
export const savedIn = (folder: string, recursive: boolean): string[] =>
  (existsSync(folder) ? readdirSync(folder, { recursive, encoding: 'utf8' }) : [])
    .filter((file) => file.endsWith('.json') && !file.endsWith('.vl.json'))
    .map((file) => file.slice(0, -5))
    .sort();

function assertComplete(key: string, { value, unit, description, tolerance, uncertainty }: Finding): void {
  if (DERIVED.test(key)) throw new Error(`report.save: ${key} ends like a part of an uncertainty (.se, .low, .high); call it otherwise`);
  if (!Number.isFinite(value)) throw new Error(`report.save: ${key} is ${value}; a saved number is finite`);
  if (!unit || !description) throw new Error(`report.save: ${key} needs a unit ('1' when it has none) and a description`);
  if (!(tolerance >= 0))
    throw new Error(`report.save: ${key} needs a tolerance ≥ 0, how far it may move on another machine; got ${tolerance}`);
  if (!(uncertainty && saysHowSure(asSaved(uncertainty))))
    throw new Error(
      `report.save: ${key} needs its uncertainty, got ${JSON.stringify(uncertainty)}; give its standard error, ` +
        "an interval [low, high], or why there is none: 'exact: a count', 'none: chosen, not estimated'",
    );
}

function saysHowSure(uncertainty: unknown): boolean {
  if (typeof uncertainty === 'number') return uncertainty > 0 && Number.isFinite(uncertainty);
  if (typeof uncertainty === 'string') return /^(exact|none): \S/.test(uncertainty);
  if (!Array.isArray(uncertainty) || uncertainty.length !== 2) return false;
  const [low, high] = uncertainty;
  return Number.isFinite(low) && Number.isFinite(high) && low <= high;
}

/** Replaces the folder of charts; what it held before is gone only when all new ones are there. */
function saveCharts(folder: string, figures: Readonly<Record<string, Bundle>>): Record<string, { title: string; sha256: string }> {
  return replaceFolder(folder, (draft) =>
    Object.fromEntries(Object.entries(figures).map(([key, bundle]) => [key, saveChart(draft, key, bundle)] as const)),
  );
}

function saveChart(folder: string, key: string, bundle: Bundle): { title: string; sha256: string } {
  const [svg, spec] = [bundle['image/svg+xml'], bundle['application/vnd.vegalite.v5+json']];
  if (typeof svg !== 'string' || !spec) throw new Error(`report.save: figure '${key}' is not a chart; pass what plot() or line() gave`);
  writeFileSync(join(folder, `${key}.svg`), svg);
  writeFileSync(join(folder, `${key}.vl.json`), canonical(spec, 0));
  return { title: bundle['text/plain'].replace('[chart] ', ''), sha256: sha256(svg) };
}

/** JSON with sorted keys and numbers of ten significant digits. */
export function canonical(value: unknown, indent = 1): string {
  return `${JSON.stringify(value, sorted, indent)}\n`;
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(10)) : null;
  if (!value || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
