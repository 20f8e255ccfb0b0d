import { z } from 'zod';

/** A place in a file of keys: `['model', 'width']`, `['data', 'features', 2]`. */
export type Path = readonly (string | number)[];

/** What is wrong at a place. */
export interface Fault {
  readonly path: Path;
  /** Points at the last key of the path, and not at its value. */
  readonly atKey?: boolean;
  readonly says: string;
}

/** A path as a reader writes it: `data.features[2]`. */
export const shown = (path: Path): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part), '') || 'the file';

/** What zod found wrong, in the words of the schema: what there is, what is allowed, and what to write. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], schema: z.ZodType, value: unknown): Fault[] {
  return issues.flatMap((issue): Fault[] => {
    const path = issue.path as Path;
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(shapeOf(at(schema, path)) ?? {});
      return issue.keys.map((key) => ({ path: [...path, key], atKey: true, says: unknownKey(path, key, known) }));
    }
    const got = path.reduce<unknown>((inside, part) => (inside as Record<string, unknown> | undefined)?.[part], value);
    const allowed = allowedAt(schema, path);
    if (got === undefined) {
      const key = String(path.at(-1) ?? '');
      const say = path.length > 1 ? `${shown(path.slice(0, -1))} lacks '${key}'` : `'${key}' is missing`;
      return [{ path: path.slice(0, -1), atKey: true, says: `${say}; allowed: ${allowed}; add ${key}: …` }];
    }
    return [{ path, says: `${shown(path)} is ${JSON.stringify(got)}; allowed: ${allowed}` }];
  });
}

/** A name that is not there, what there is, and the nearest of it. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const listed = known.length > 24 ? `${known.slice(0, 24).join(', ')} and ${known.length - 24} more` : known.join(', ');
  return `${what} '${name}'; allowed: ${listed}${near ? `; did you mean '${near}'?` : ''}`;
}

const unknownKey = (path: Path, key: string, known: readonly string[]) =>
  `${unknownName(`${shown(path)} has no key`, key, known)}; or delete the line`;

function allowedAt(schema: z.ZodType, path: Path): string {
  for (let length = path.length; length >= 0; length--) {
    const inside = at(schema, path.slice(0, length));
    if (inside?.description) return inside.description;
    const shape = shapeOf(inside);
    if (shape) return `the keys ${Object.keys(shape).join(', ')}, indented below it`;
  }
  return 'what the documentation of the file says';
}

/** The schema at a path, wrappers of defaults and options kept, for they carry the description. */
function at(schema: z.ZodType, path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((inside, part) => {
    const own = bare(inside);
    if (own instanceof z.ZodArray) return own.element as z.ZodType;
    return typeof part === 'string' ? (shapeOf(own)?.[part] as z.ZodType | undefined) : undefined;
  }, schema);
}

const shapeOf = (schema: z.ZodType | undefined) => {
  const own = bare(schema);
  return own instanceof z.ZodObject ? (own.shape as Record<string, z.ZodType>) : undefined;
};

function bare(schema: z.ZodType | undefined): z.ZodType | undefined {
  let own = schema;
  while (own instanceof z.ZodOptional || own instanceof z.ZodDefault) own = own.unwrap() as z.ZodType;
  return own;
}

/** The name within two edits, or that begins alike. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const far = known.map((other) => ({ other, edits: editsBetween(name, other) }));
  const best = far.reduce((a, b) => (b.edits < a.edits ? b : a), { other: '', edits: 3 });
  return best.other || known.find((other) => name.length > 3 && other.startsWith(name.slice(0, 4)));
}

function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length];
}
