import type { Operator } from './operators/operator.js';

/** Where numbers enter: a field of the frame, a series of it as it was known, the day, and who is listed. */
export type Source =
  | { readonly kind: 'field' | 'series'; readonly name: string }
  | { readonly kind: 'price' }
  | { readonly kind: 'day' }
  | { readonly kind: 'listed' };

/**
 * A column [T, N] as an expression over others. Two expressions with one `key` are the same numbers, and are computed once however many
 * features they are part of.
 */
export interface Expression {
  readonly key: string;
  /** what it is computed by, or where it comes from */
  readonly from: Operator | Source;
  readonly inputs: readonly Expression[];
  /** rows before its first value */
  readonly first: number;
  /** rows until nothing of the start weighs 1e-9 in it */
  readonly warmUp: number;
}

/** An operator on its inputs. */
export const apply = (operator: Operator, ...inputs: readonly Expression[]): Expression => ({
  key: `${operator.key}(${inputs.map(({ key }) => key).join()})`,
  from: operator,
  inputs,
  first: operator.first + Math.max(...inputs.map(({ first }) => first)),
  warmUp: operator.first + operator.memory + Math.max(...inputs.map(({ warmUp }) => warmUp)),
});

const source = (key: string, from: Source): Expression => ({ key, from, inputs: [], first: 0, warmUp: 0 });

/** A field of the frame, [T, N]. */
export const field = (name: string): Expression => source(name, { kind: 'field', name });

/** A series of the frame, the last value that was known on the date, the same for all assets. */
export const series = (name: string): Expression => source(`series ${name}`, { kind: 'series', name });

/** The adjusted close where the frame has one, else the close. */
export const price: Expression = source('price', { kind: 'price' });

/** Days since 1970-01-01, the same for all assets. */
export const day: Expression = source('day', { kind: 'day' });

/** 1 where the asset is listed, else 0. */
export const listed: Expression = source('listed', { kind: 'listed' });

/** Every expression that these are made of, each once, what it is computed from before it. */
export function inOrder(expressions: Iterable<Expression>): Expression[] {
  const seen = new Map<string, Expression>();
  const visit = (one: Expression): void => {
    if (seen.has(one.key)) return;
    for (const input of one.inputs) visit(input);
    seen.set(one.key, one);
  };
  for (const one of expressions) visit(one);
  return [...seen.values()];
}
