import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { RESEARCH } from '../../trade/index.js';
import { type MarketRunConfig, marketRunSchema } from './config.js';
import { type Fault, faultsOf, type Path, shown } from './faults.js';

/** A `config`, with the file that it was read from. */
export interface ReadConfig {
  readonly config: MarketRunConfig;
  readonly file: string;
  /** Every byte of the file, for the folder of the run. */
  readonly text: string;
  /** An error that names file and line of a key: what the data or the model say about it. */
  fail(path: Path, says: string): Error;
}

/**
 * Reads and checks a `market.yaml`.
 *
 *     const { config } = readMarketConfig('config/market.yaml');
 *
 * @param file  a YAML file with the keys of `MarketRunConfig`; sections that may be left out are off when they are
 * @throws      when it cannot be read, is no YAML, or a key is unknown, missing, twice there, of another type or out of range: for each such
 *              key a line `file:line: what is there; what is allowed`, the nearest known name where one is near
 */
export function readMarketConfig(file: string): ReadConfig {
  const text = textOf(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0)
    throw new Error(
      document.errors
        .map(
          (fault) =>
            `${file}:${lineOf(fault.pos[0])}: no YAML: ${fault.message}; look for a key that is there twice, a tab, or a line indented by another number of spaces`,
        )
        .join('\n'),
    );
  const complain = (faults: readonly Fault[]) =>
    new Error(
      faults
        .map(({ path, atKey, says }) => ({ line: lineOf(offsetOf(document.contents, path, atKey)), says }))
        .sort((a, b) => a.line - b.line)
        .map(({ line, says }) => `${file}:${line}: ${says}`)
        .join('\n'),
    );
  const value = (document.toJS() ?? {}) as unknown;
  const read = marketRunSchema.safeParse(value);
  if (!read.success) throw complain(faultsOf(read.error.issues, marketRunSchema, value));
  const faults = faultsBetween(read.data);
  if (faults.length > 0) throw complain(faults);
  return { config: read.data, file, text, fail: (path, says) => complain([{ path, says }]) };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code}); name a file as config/market.yaml`, { cause });
  }
}

/** What does not fit between keys. */
function faultsBetween({ data, split, model, gate, train }: MarketRunConfig): Fault[] {
  const faults: Fault[] = [];
  const refuse = (wrong: boolean, path: Path, says: string) => void (wrong && faults.push({ path, says: `${shown(path)} is ${says}` }));
  const { lookback, patch, width, heads } = model;
  refuse(
    data.to > RESEARCH.to,
    ['data', 'to'],
    `${data.to}; allowed: until ${RESEARCH.to}: later years are sealed, and lemmata vault opens them`,
  );
  refuse(data.from >= split.train, ['split', 'train'], `${split.train}; allowed: after data.from, ${data.from}`);
  refuse(split.train >= split.validate, ['split', 'validate'], `${split.validate}; allowed: after split.train, ${split.train}`);
  refuse(
    split.validate >= data.to,
    ['split', 'validate'],
    `${split.validate}; allowed: before data.to, ${data.to}: what lies between judges`,
  );
  refuse(
    lookback % patch !== 0,
    ['model', 'lookback'],
    `${lookback}; allowed: a multiple of model.patch, ${patch}, as ${patch * Math.max(1, Math.round(lookback / patch))}`,
  );
  refuse(
    width % heads !== 0,
    ['model', 'width'],
    `${width}; allowed: a multiple of model.heads, ${heads}, as ${heads * Math.max(1, Math.round(width / heads))}`,
  );
  refuse(
    train.validateEvery > train.steps,
    ['train', 'validateEvery'],
    `${train.validateEvery}; allowed: at most train.steps, ${train.steps}`,
  );
  gate?.features.forEach((name, i) => {
    refuse(!data.features.includes(name), ['gate', 'features', i], `${name}; allowed: one of data.features: ${data.features.join(', ')}`);
  });
  return faults;
}

/** Where a key or its value begins; of what is not there, where the nearest key above it does. */
function offsetOf(root: unknown, path: Path, atKey = false): number {
  let node = root as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part) as Pair<Node, Node | null> | undefined;
      if (!pair) return offset;
      const last = depth === path.length - 1;
      offset =
        (last && !atKey ? (isMap(pair.value) || isSeq(pair.value) ? pair.key : (pair.value ?? pair.key)) : pair.key).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = (node.items[part as number] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
