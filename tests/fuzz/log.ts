import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onnxruntime } from '../../src/tensor/runtime/onnxruntime/onnxruntime.js';
import { openvino } from '../../src/tensor/runtime/openvino/openvino.js';
import { EXPLANATIONS, explanationOf } from './explained.js';
import type { Found, Report } from './fuzz.js';
import { OPERATORS } from './operators/index.js';
import type { Tolerance } from './operators/operator.js';
import { number, textOf } from './program.js';

/** A flag as the log has it. */
interface Entry {
  readonly graph: number;
  readonly opinion: string;
  readonly kind: string;
  readonly got: string;
  readonly right: string;
  readonly program: readonly string[];
}

/** Flags by what explains them; those that nothing explains under no name. */
export function sorted(found: readonly Found[]): { unexplained: Found[]; explained: Map<string, Found[]> } {
  const unexplained: Found[] = [];
  const explained = new Map<string, Found[]>();
  for (const one of found) {
    const name = explanationOf(one.flag, one.program);
    if (name === undefined) unexplained.push(one);
    else explained.set(name, [...(explained.get(name) ?? []), one]);
  }
  return { unexplained, explained };
}

/** What a run checked, how, and what it found: `results/fuzz.json`. */
export function logOf(seed: number, reports: readonly Report[], found: readonly Found[]): object {
  const { unexplained, explained } = sorted(found);
  const total = (count: (report: Report) => number) => reports.reduce((sum, report) => sum + count(report), 0);
  const uses = tally(reports.flatMap(({ operators }) => operators));
  return {
    seed,
    graphs: reports.length,
    withGradient: reports.filter(({ gradient }) => gradient).length,
    code: codeHash(),
    versions: { openvino: versionOf(openvino()), onnxruntime: versionOf(onnxruntime()) },
    opinions: ['OpenVINO', 'ONNX Runtime', 'the double-precision interpreter', "tfjs's CPU backend"],
    elements: total(({ elements }) => elements),
    elementsLeftOpen: total(({ open }) => open),
    resultsWithoutPromise: total(({ wild }) => wild),
    openvinoDeclined: tally(reports.flatMap(({ refused }) => refused.map(reasonOf))),
    operators: Object.fromEntries(OPERATORS.map((one) => [one.name, { graphs: uses[one.name] ?? 0, tolerance: say(one.tolerance) }])),
    values: tally(reports.flatMap(({ values }) => values)),
    unexplained: unexplained.map(entryOf),
    explained: Object.fromEntries(
      Object.entries(EXPLANATIONS).map(([name, { reason }]) => {
        const [first] = explained.get(name) ?? [];
        return [name, { reason, count: explained.get(name)?.length ?? 0, ...(first ? { example: entryOf(first) } : {}) }];
      }),
    ),
  };
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export const entryOf = ({ graph, flag, program }: Found): Entry => ({
  graph,
  opinion: flag.opinion,
  kind: flag.kind,
  got: flag.message?.slice(0, 400) ?? `${number(flag.got)} at element ${flag.element} of result ${flag.result}`,
  right: flag.right.map(number).join(' or '),
  program: textOf(program).split('\n'),
});

/** A tolerance in words. */
function say({ ulps, kind, ofOne, ofOperands, mayOverflow }: Tolerance): string {
  const parts = [ulps === 0 ? 'exact' : `${ulps} units in the last place`];
  if (kind === 'sum') parts.push('1e-6 of the sum of its terms’ magnitudes');
  if (kind === 'product') parts.push('nothing where a partial product may leave the range of float32');
  if (kind === 'conditioned') parts.push('what 4 units in the operands’ last places change');
  if (ofOne) parts.push(`${ofOne} units in the last place of 1`);
  if (ofOperands) parts.push('4 units of the largest operand');
  if (mayOverflow) parts.push('nothing where an intermediate result leaves the range of float32');
  return parts.join(', or ');
}

const reasonOf = (refusal: string) => refusal.replace(/^nothing can run [^:]*: /, '').slice(0, 120);
const versionOf = (runtime: { version: string } | string) => (typeof runtime === 'string' ? runtime : runtime.version);

/** Of what the log follows from: the engine, the layers and the fuzzer. */
function codeHash(): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const hash = createHash('sha256');
  for (const folder of ['src/base', 'src/tensor', 'src/nn', 'tests/fuzz'])
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (file.endsWith('.ts') && !file.endsWith('.test.ts'))
        hash.update(`${folder}/${file}\0`).update(readFileSync(join(root, folder, file)));
  return hash.digest('hex');
}
