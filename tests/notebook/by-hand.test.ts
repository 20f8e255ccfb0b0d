import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import ts from 'typescript6';
import { describe, expect, it } from 'vitest';
import * as hand from '../../src/hand/index.js';
import { compile, valueAndGrad } from '../../src/tensor/index.js';
import { ROOT } from '../support/house.js';
import { isLesson, notebooks } from '../support/notebooks.js';
import type { ByHand, Functions, HandCase, Input } from './by-hand/case.js';

interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
  readonly metadata: { readonly tags?: readonly string[] };
}
interface Packed {
  readonly shape: number[];
  readonly data: number[];
}
interface Reference {
  readonly inputs: Packed[];
  readonly dy: Packed;
  readonly y: Packed;
  readonly grads: Packed[];
}

/** The functions that the cells tagged `by-hand` of a notebook declare, as they stand there: nothing is copied. */
function functionsOf(file: string): Functions {
  const { cells } = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { cells: Cell[] };
  const code = cells.filter((cell) => cell.cell_type === 'code').map((cell) => ({ ...cell, text: cell.source.join('') }));
  const own = code.filter(({ metadata }) => metadata.tags?.includes('by-hand')).map(({ text }) => text);
  const names = own.flatMap((text) => [...text.matchAll(/^(?:function|const) (\w+)/gm)].map((match) => match[1]));
  const imported = code.flatMap(({ text }) =>
    [...text.matchAll(/^import \{([^}]*)\} from 'lemmata\/hand';/gm)].flatMap((match) =>
      match[1]
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name && !name.startsWith('type ')),
    ),
  );
  const { outputText } = ts.transpileModule(own.join('\n'), { compilerOptions: { target: ts.ScriptTarget.ESNext } });
  const all = new Function('hand', `const { ${imported.join(', ')} } = hand;\n${outputText}\nreturn { ${names.join(', ')} };`)(hand);
  return Object.fromEntries(Object.entries(all).filter(([, value]) => typeof value === 'function')) as Functions;
}

const input = ({ data, shape }: Packed): Input => ({ data: Float64Array.from(data), shape });

/** As far from PyTorch's values as 1e-10 of the largest among them. */
function expectAgreement(what: string, { y, grads }: ByHand, reference: Reference, within = 1e-10): void {
  if (grads) expect(grads.length, `${what}: gradients`).toBe(reference.grads.length);
  for (const [name, own, other] of [
    ['y', y, reference.y],
    ...(grads ?? []).map((grad, i) => [`gradient ${i}`, grad, reference.grads[i]]),
  ] as const) {
    const found = Array.from(own as ArrayLike<number>);
    const { data } = other as Packed;
    expect(found.length, `${what}: ${name}`).toBe(data.length);
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = largest > 1e-12 ? largest : 1; // what should be 0 is rounding
    found.forEach((value, i) => {
      expect(Math.abs(value - data[i]), `${what}: ${name} at ${i}: ${value}, ${data[i]}`).toBeLessThan(within * scale);
    });
  }
}

/** The library's y and gradients, in double precision. */
async function byLibrary({ library, plain }: HandCase, { inputs, dy, grads }: Reference): Promise<ByHand> {
  if (plain) return { y: plain(...inputs.map(input)) };
  if (!library) throw new Error('a case has library, of tensors, or plain, of arrays: what the library makes of the same inputs');
  const run = compile(
    (all: tf.Tensor[], weight: tf.Tensor) => ({
      y: library(...all),
      ...valueAndGrad((parts: tf.Tensor[]) =>
        library(...parts)
          .mul(weight)
          .sum(),
      )(all),
    }),
    { precision: 'float64' },
  );
  const found = await run(inputs.map(input) as never, input(dy) as never);
  return { y: found.y.data(), grads: found.grads.slice(0, grads.length).map((grad: { data(): ArrayLike<number> }) => grad.data()) };
}

const dayOf = (file: string) => basename(file).slice(0, 'day01'.length);
const days = globSync('tests/notebook/by-hand/day*.ts', { cwd: ROOT });

describe.each([...new Set([...notebooks.filter(isLesson), ...days].map(dayOf))])('%s', async (day) => {
  const file = notebooks.find((one) => isLesson(one) && dayOf(one) === day);
  const functions = file ? functionsOf(file) : {};
  const at = join(ROOT, 'tests/notebook/by-hand', day);
  const cases: Readonly<Record<string, HandCase>> = existsSync(`${at}.ts`) ? (await import(`${at}.ts`)).cases : {};
  const references: Readonly<Record<string, Reference>> = existsSync(`${at}.reference.json`)
    ? JSON.parse(readFileSync(`${at}.reference.json`, 'utf8'))
    : {};

  it('has a case for every function that it writes by hand', () => {
    const tried = Object.values(cases).flatMap(({ functions: names }) => names);
    expect(Object.keys(functions).filter((name) => !tried.includes(name))).toEqual([]);
    expect(Object.keys(cases)).toEqual(Object.keys(references));
  });

  it.each(Object.entries(cases))('%s by hand, in lemmata/hand and in the library is what PyTorch has', async (name, one) => {
    const reference = references[name];
    const [inputs, dy] = [reference.inputs.map(input), Float64Array.from(reference.dy.data)];
    const own = one.hand({ ...hand, ...functions }, inputs, dy);
    expectAgreement(`by hand, ${name}`, own, reference);
    if (one.functions.some((called) => called in hand))
      expectAgreement(`lemmata/hand, ${name}`, one.hand({ ...functions, ...hand }, inputs, dy), reference);
    const theirs = await byLibrary(one, reference);
    expectAgreement(`library, ${name}`, own.grads ? theirs : { y: theirs.y }, reference, one.libraryWithin);
  });
});

it('a wrong sign, a wrong factor and a wrong place are noticed', () => {
  const reference = { inputs: [], dy: { shape: [1], data: [1] }, y: { shape: [2], data: [1, 2] }, grads: [{ shape: [2], data: [3, -4] }] };
  expectAgreement('right', { y: [1, 2], grads: [[3, -4]] }, reference);
  for (const wrong of [
    { y: [1, 2], grads: [[3, 4]] },
    { y: [1, 2.000001], grads: [[3, -4]] },
    { y: [1, 2], grads: [[-4, 3]] },
    { y: [1, 2], grads: [] },
  ])
    expect(() => expectAgreement('wrong', wrong, reference)).toThrow();
});
