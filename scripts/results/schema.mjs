import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * How sure a number is: its standard error; an interval [low, high], of 95 % unless the description says otherwise; or the word why there
 * is none.
 */
const uncertainty = z.union([
  z.number().positive(),
  z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, 'an interval is [low, high]'),
  z.string().regex(/^(exact|none): \S/, "is 'exact: …' or 'none: …', with the reason"),
]);

/** A number of a result. `unit` is '1' where it has none; `tolerance` is how far the same code may move it on another machine. */
const number = z.strictObject({
  value: z.number(),
  uncertainty,
  unit: z.string().min(1),
  description: z.string().min(1),
  tolerance: z.number().nonnegative(),
});

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'is a SHA-256');

/** A part of an uncertainty is quoted as `<key>.se`, `.low` or `.high`: no key may end so. */
const numbers = z.record(
  z.string().refine((key) => !/\.(se|low|high)$/.test(key), 'ends like a part of an uncertainty'),
  number,
);

const found = {
  name: z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/),
  title: z.string().min(1),
  numbers,
};

const made = {
  ...found,
  seed: z.number(),
  parameters: z.record(z.string(), z.unknown()),
  data: z.array(z.strictObject({ name: z.string().min(1), sha256: digest })),
  /** Configurations that were tried before these numbers. */
  trials: z.number().int().nonnegative(),
  tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  figures: z.record(z.string(), z.strictObject({ title: z.string().min(1), sha256: digest })),
};

/** Of a notebook: `code` is the stamp of the run that saved it, which its notebook carries too. */
const notebook = z.strictObject({ ...made, profile: z.literal('full'), code: digest });

/** Of an experiment: what its own code and data were, the machine, and the quantities of its slice, by which it is known to be stale. */
const experiment = z.strictObject({
  ...made,
  provenance: z.strictObject({ code: digest, data: digest }),
  machine: z.strictObject({ cpu: z.string(), threads: z.number(), minutes: z.record(z.string(), z.number()).optional() }),
  slice: z.record(z.string(), z.number()),
});

/**
 * Of a benchmark: measured on one machine, so that nothing makes it stale. Its bounds are of one side, and numbers of their own:
 * `<key>.low` is the lower 95 % bound of `<key>`.
 */
const benchmark = z.looseObject({
  ...found,
  numbers: z.record(z.string(), number.extend({ uncertainty: uncertainty.optional() })),
  profile: z.string(),
});

/** What npm test, npm run mutants and npm run fuzz keep: no numbers for prose. */
const RECORDS = ['checks', 'mutants', 'fuzz'];

/**
 * The results of a folder by name, 'week03'; charts, which lie beside theirs, are none.
 *
 * @param {string} folder
 */
export const resultNames = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && !file.endsWith('.vl.json'))
    .map((file) => file.slice(0, -5).replaceAll('\\', '/'))
    .filter((name) => !RECORDS.includes(name))
    .sort();

/**
 * Which schema a result has, by its name.
 *
 * @param {string} name
 */
const schemaOf = (name) => (name.startsWith('experiments/') ? experiment : name.startsWith('bench') ? benchmark : notebook);

/**
 * What is wrong with a result, one line each.
 *
 * @param {string} name
 * @param {unknown} result
 */
export function faults(name, result) {
  const { error } = schemaOf(name).safeParse(result);
  const own =
    name === /** @type {{ name?: unknown }} */ (result)?.name ? [] : [`results/${name}.json calls itself otherwise; its name is its path`];
  return [...own, ...(error?.issues ?? []).map((issue) => `results/${name}.json: ${issue.path.join('.') || 'the file'}: ${said(issue)}`)];
}

/** Of a key that is none, why. @param {z.core.$ZodIssue} issue */
const said = (issue) => (issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message);

/**
 * @param {string} folder
 * @param {string} name
 */
export const readResult = (folder, name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
