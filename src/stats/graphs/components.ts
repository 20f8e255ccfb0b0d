import type { Matrix } from '../../linalg/index.js';
import { degreesOf } from './adjacency.js';

/**
 * The connected component of each node, numbered from 0 in the order of their first nodes.
 *
 * @param adjacency  A [N, N]; i and j are linked where Aᵢⱼ is not 0
 * @returns          [N]
 * @throws           when A is not symmetric, or a weight is negative or not finite
 */
export function connectedComponents(adjacency: Matrix): Int32Array {
  const N = degreesOf('connectedComponents', adjacency).length;
  const component = new Int32Array(N).fill(-1);
  for (let first = 0, count = 0; first < N; first++) {
    if (component[first] >= 0) continue;
    component[first] = count;
    for (const reached = [first]; reached.length > 0; ) {
      const i = reached.pop()!;
      for (let j = 0; j < N; j++)
        if (adjacency.data[i * N + j] !== 0 && component[j] < 0) {
          component[j] = count;
          reached.push(j);
        }
    }
    count++;
  }
  return component;
}
