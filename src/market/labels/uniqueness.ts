/** Spans of labels by rows, both ends included: those of `BarrierEvents`, or of one's own. */
export interface LabelSpans {
  /** [E] */
  readonly starts: ArrayLike<number>;
  /** [E] */
  readonly ends: ArrayLike<number>;
  /** [E] whose labels they are, where they are of several: those of others are not shared */
  readonly assets?: readonly string[];
}

/**
 * How many labels are open on each row.
 *
 *     concurrency({ starts: [0, 1], ends: [2, 3] }, 4)        // 1, 2, 2, 1
 *
 * López de Prado 2018, snippet 4.1.
 *
 * @param rows  T, how many there are; up to the last end unless told
 * @returns     [T]
 * @throws      when starts, ends and assets differ in number, or a label ends before it starts or after the last row
 */
export function concurrency(spans: LabelSpans, rows?: number): Int32Array {
  const { starts, ends } = spans;
  requirePairs('concurrency', spans);
  let last = -1;
  for (let i = 0; i < ends.length; i++) last = Math.max(last, ends[i]);
  const T = rows ?? last + 1;
  const steps = new Int32Array(T + 1);
  for (let i = 0; i < starts.length; i++) {
    if (!(Number.isInteger(starts[i]) && Number.isInteger(ends[i]) && starts[i] >= 0 && starts[i] <= ends[i] && ends[i] < T))
      throw new Error(`concurrency: label ${i} spans rows ${starts[i]} … ${ends[i]}; it must lie within 0 … ${T - 1}, its start first`);
    steps[starts[i]]++;
    steps[ends[i] + 1]--;
  }
  for (let t = 1; t < T; t++) steps[t] += steps[t - 1];
  return steps.subarray(0, T);
}

function requirePairs(who: string, { starts, ends, assets }: LabelSpans): void {
  if (starts.length !== ends.length) throw new Error(`${who}: ${starts.length} labels start and ${ends.length} end; each does both`);
  if (assets && assets.length !== starts.length)
    throw new Error(`${who}: there are ${starts.length} labels and the assets of ${assets.length}; name one for each label`);
}

/**
 * The average uniqueness of each label, its weight in a loss: the mean over its rows of one over the number of labels that are open.
 *
 *     uniqueness({ starts: [0, 1], ends: [2, 3] })        // ⅔, ⅔
 *
 * Labels that overlap say the same thing in part, and a fit that counts each in full trusts too few observations too much. López de Prado
 * 2018, snippet 4.2.
 *
 * @returns [E] from 1 over the number of labels to 1
 * @throws  as `concurrency`
 */
export function uniqueness(spans: LabelSpans): Float64Array {
  requirePairs('uniqueness', spans);
  const { starts, ends, assets } = spans;
  const groups = new Map<string, number[]>();
  for (let i = 0; i < starts.length; i++) {
    const asset = assets?.[i] ?? '';
    if (!groups.has(asset)) groups.set(asset, []);
    groups.get(asset)!.push(i);
  }
  const weights = new Float64Array(starts.length);
  for (const group of groups.values()) {
    const open = concurrency({ starts: group.map((i) => starts[i]), ends: group.map((i) => ends[i]) });
    const shares = new Float64Array(open.length + 1); // Σ 1/c up to a row
    for (let t = 0; t < open.length; t++) shares[t + 1] = shares[t] + (open[t] > 0 ? 1 / open[t] : 0);
    for (const i of group) weights[i] = (shares[ends[i] + 1] - shares[starts[i]]) / (ends[i] - starts[i] + 1);
  }
  return weights;
}
