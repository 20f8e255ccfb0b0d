import { fold, type Key, key, normal, uniform } from '../../src/base/random.js';

const BLOCK = 256;

/** A stream of random draws, the same for the same seed and index on every machine. */
export class Random {
  readonly #key: Key;
  #blocks = 0;
  #uniforms: Float32Array = new Float32Array();
  #normals: Float32Array = new Float32Array();
  #nextUniform = 0;
  #nextNormal = 0;

  constructor(seed: number, index: number) {
    this.#key = fold(key(seed), index);
  }

  /** Uniform on [0, 1). */
  uniform(): number {
    if (this.#nextUniform === this.#uniforms.length) {
      this.#uniforms = uniform(fold(this.#key, this.#blocks++), [BLOCK]).data;
      this.#nextUniform = 0;
    }
    return this.#uniforms[this.#nextUniform++];
  }

  normal(): number {
    if (this.#nextNormal === this.#normals.length) {
      this.#normals = normal(fold(this.#key, this.#blocks++), [BLOCK]).data;
      this.#nextNormal = 0;
    }
    return this.#normals[this.#nextNormal++];
  }

  /** An integer, low … high. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  one<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)];
  }

  shuffled<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.whole(0, i);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }
}
