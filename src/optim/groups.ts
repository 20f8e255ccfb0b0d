import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../base/index.js';
import { checkNumber, checkOptions } from '../base/internal.js';
import type { Part } from './flat.js';
import type { Rate } from './schedule.js';

/** Parameters that an optimiser moves by numbers of their own. */
export interface ParameterGroup {
  /** Which: `({ shape }) => shape.length < 2` are shifts and the gains of norms, `({ path }) => path.startsWith('params.head')` one layer. */
  readonly of: (parameter: Part) => boolean;
  /** λ of these in place of the optimiser's. */
  readonly weightDecay?: number;
  /** What η is multiplied by for these; 1 when left out. */
  readonly rate?: number;
}

/** What an optimiser's numbers are for each parameter: one number where all have the same, else a vector [n], made where it is asked for. */
export interface PerParameter {
  /** λ. */
  weightDecay(): Rate;
  /** What η is multiplied by. */
  rate(): Rate;
}

/**
 * λ and the factor of η by groups; a parameter is of the first group that takes it.
 *
 * @param parts  the parameters in the order of their vector
 * @throws       when a number is negative, an option unknown, or a group takes no parameter
 */
export function perParameter(
  optimizer: string,
  parts: readonly Part[],
  { weightDecay, groups }: { readonly weightDecay: number; readonly groups: readonly ParameterGroup[] },
): PerParameter {
  checkNumber(optimizer, 'weightDecay', weightDecay, { from: 0 });
  groups.forEach((group, g) => {
    checkOptions(`${optimizer}: groups[${g}]`, group, ['of', 'weightDecay', 'rate']);
    if (group.weightDecay !== undefined) checkNumber(optimizer, `groups[${g}].weightDecay`, group.weightDecay, { from: 0 });
    if (group.rate !== undefined)
      checkNumber(optimizer, `groups[${g}].rate`, group.rate, { from: 0 }, 'it is what the learning rate is multiplied by');
  });
  const chosen = parts.map((part) => groups.find((group) => group.of(part)));
  const idle = groups.findIndex((group) => !chosen.includes(group));
  if (idle >= 0)
    throw new Error(
      `${optimizer}: groups[${idle}] has no parameter of its own among ${parts.map(({ path, shape }) => `${path} [${shape}]`).join(', ')}; ` +
        'a parameter is of the first group that takes it',
    );
  const sizes = parts.map(({ shape }) => sizeOf(shape));
  return {
    weightDecay: spread(
      chosen.map((group) => group?.weightDecay ?? weightDecay),
      sizes,
    ),
    rate: spread(
      chosen.map((group) => group?.rate ?? 1),
      sizes,
    ),
  };
}

/** A number for each part as one for each element. */
function spread(values: readonly number[], sizes: readonly number[]): () => Rate {
  if (values.every((value) => value === values[0])) return () => values[0];
  return () => tf.concat(values.map((value, i) => tf.fill([sizes[i]], value)) as tf.Tensor1D[]);
}
