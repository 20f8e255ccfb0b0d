import { stripTypeScriptTypes } from 'node:module';
import { expect, it } from 'vitest';
import { withSafePoints } from './safe-points.js';

const POINT = '$lemmataSafePoint();';

it.each([
  ['for (const x of xs) { await f(x); }', `for (const x of xs) { ${POINT} await f(x); }`],
  ['while (await more()) count++;', `while (await more()) { ${POINT} count++; }`],
  ['do await f(); while (true)', `do { ${POINT} await f(); } while (true)`],
  ['for await (const x of xs) use(x)', `for await (const x of xs) { ${POINT} use(x) }`],
  ['for (;;) for (;;) await f();', `for (;;) { ${POINT} for (;;) { ${POINT} await f(); } }`],
  ['while (true) ; await f();', undefined],
  ['for (const x of xs) { later.push(async () => { await x; }); }', undefined],
  ['/* for */ await f(); // while', undefined],
])('%s', (loop, expected = loop) => {
  const around = (body: string) => `export async function run(): Promise<void> {\n  ${body}\n}\n`;
  expect(withSafePoints(around(loop), 'run.ts')).toBe(around(expected));
  expect(() => stripTypeScriptTypes(withSafePoints(around(loop), 'run.ts'))).not.toThrow();
});
