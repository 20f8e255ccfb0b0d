import * as tf from '@tensorflow/tfjs';

/** What is used here of tfjs's engine beside its public types: every operator of tfjs runs in a scope of its name. */
interface Scopes {
  readonly state: { readonly scopeStack: readonly { readonly name: string }[] };
}

/** The operators of tfjs that are running, the outermost first: `dropout`, `randomUniform`. */
export const operators = (): string[] =>
  (tf.engine() as unknown as Scopes).state.scopeStack.filter(({ name }) => name.endsWith('__op')).map(({ name }) => name.slice(0, -4));

/** Whether the operator whose kernel this is was called by this one. */
export const isWithin = (operator: string): boolean => operators().at(-2) === operator;
