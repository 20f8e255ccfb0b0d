import type { HostArray } from '../../base/index.js';
import type { Panel } from '../panel/panel.js';

/** Features of the same assets on the same dates. */
export interface FeatureFrame {
  /** [T] */
  readonly dates: readonly string[];
  /** [N] */
  readonly assets: readonly string[];
  /** [F] */
  readonly names: readonly string[];
  /** the data that they were computed from */
  readonly source: string;
  /**
   * One feature, [T, N] row-major, NaN where it has no value.
   *
   * @throws when it is not among the names
   */
  column(name: string): Float64Array;
  /** One feature as a panel, whose field is its name, on the same memory. */
  panel(name: string): Panel;
  /**
   * Some features as float32 [N · T, F], the assets one below the other: asset n on date t is row n · T + t, as `windowBatches` takes
   * several assets. All of them unless told.
   */
  tensor(names?: readonly string[]): HostArray<Float32Array>;
}

/** Columns [F] each [T, N] by their names. */
export function featureFrame(
  { dates, assets, source }: Pick<Panel, 'dates' | 'assets' | 'source'>,
  names: readonly string[],
  columns: readonly Float64Array[],
): FeatureFrame {
  const column = (name: string): Float64Array => {
    const i = names.indexOf(name);
    if (i < 0)
      throw new Error(
        `the features of ${source} have no '${name}': they are ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`,
      );
    return columns[i];
  };
  return {
    dates,
    assets,
    names,
    source,
    column,
    panel: (name) => ({ dates, assets, values: column(name), field: name, source }),
    tensor(chosen = names) {
      const [T, N, F] = [dates.length, assets.length, chosen.length];
      const data = new Float32Array(N * T * F);
      for (const [f, name] of chosen.entries()) {
        const values = column(name);
        for (let n = 0; n < N; n++) for (let t = 0; t < T; t++) data[(n * T + t) * F + f] = values[t * N + n];
      }
      return { data, shape: [N * T, F] };
    },
  };
}
