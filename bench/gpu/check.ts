import type { Contender } from '../contender.js';
import type { AnyWorkload } from '../workloads/workload.js';

/** Something that trains a workload on a device: ours by provider, or a peer. */
export interface Way {
  /** `cuda`, `webgpu`, `pytorch cuda`, `tfjs-node-gpu`. */
  readonly name: string;
  readonly contender: Pick<Contender, 'train' | 'time'>;
  /** Whether the state stayed on the device; of ours. */
  readonly isResident?: () => Promise<boolean>;
}

/** What one way showed of one workload. */
export interface GpuRow {
  readonly workload: string;
  readonly way: string;
  /** Why there is no more of it. */
  readonly failed?: string;
  /** After the workload's steps. */
  readonly loss?: number;
  /** Whether the loss is that of the reference, to 1e-3 of it. */
  readonly agrees?: boolean;
  readonly isResident?: boolean;
  /** The median step. */
  readonly medianUs?: number;
  /** How many times as fast as the reference; absent where the reference is the processor. */
  readonly ratio?: number;
}

export interface CheckOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Of one answer of one way, in milliseconds: later it counts as failed. */
  readonly limitMs: number;
  /** When all must have ended, by `performance.now()`. */
  readonly deadline: number;
}

const SAME = 1e-3;

/**
 * One workload on every way: the losses after its steps against the reference's, then the times of all that trained, in turn.
 *
 * @param reference  what the others are compared with: PyTorch on the same device, or else ours on the processor, for its loss alone
 * @param save       called with the rows so far as each of them ends
 */
export async function checkWorkload(
  workload: AnyWorkload,
  reference: Way & { readonly isTimed: boolean },
  ways: readonly Way[],
  { rounds, seconds, limitMs, deadline }: CheckOptions,
  save: (rows: readonly GpuRow[]) => void,
): Promise<GpuRow[]> {
  const rows = new Map<Way, GpuRow>();
  const put = (way: Way, row: Partial<GpuRow>) => {
    rows.set(way, { ...rows.get(way), ...row, workload: workload.id, way: way.name });
    save([...rows.values()]);
  };
  const attempt = async <T>(way: Way, answer: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await within(Math.max(0, Math.min(limitMs, deadline - performance.now())), answer());
    } catch (error) {
      put(way, { failed: (error as Error).message });
      return undefined;
    }
  };
  const trained: Way[] = [];
  let expected: number | undefined;
  for (const way of [reference, ...ways]) {
    const loss = await attempt(way, () => way.contender.train(workload.steps));
    if (loss === undefined) continue;
    if (way === reference) expected = loss;
    const agrees = expected === undefined || way === reference ? undefined : Math.abs(loss - expected) <= SAME * Math.abs(expected);
    const isResident = way.isResident && (await attempt(way, way.isResident));
    put(way, { loss, ...(agrees !== undefined && { agrees }), ...(isResident !== undefined && { isResident }) });
    if (way !== reference || reference.isTimed) trained.push(way);
  }
  const times = new Map<Way, number[]>(trained.map((way) => [way, []]));
  for (let round = 0; round < rounds; round++)
    for (const way of trained) {
      if (rows.get(way)!.failed) continue;
      const took = await attempt(way, () => way.contender.time(seconds));
      if (took) times.get(way)!.push(median(took));
    }
  for (const way of trained) {
    const [ours, theirs] = [times.get(way)!, times.get(reference) ?? []];
    if (rows.get(way)!.failed || ours.length === 0) continue;
    const ratios = ours.slice(0, theirs.length).map((us, round) => theirs[round] / us);
    put(way, { medianUs: median(ours), ...(way !== reference && ratios.length > 0 && { ratio: median(ratios) }) });
  }
  return [...rows.values()];
}

async function within<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${Math.round(limitMs / 1000)} s`)), limitMs);
  });
  answer.catch(() => {}); // a late failure is no one's
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** A row for the terminal. */
export function shown({ workload, way, failed, loss, agrees, isResident, medianUs, ratio }: GpuRow): string {
  const head = `${workload.padEnd(4)}${way.padEnd(16)}`;
  if (failed) return `${head}FAILED: ${failed}`;
  const parts = [
    medianUs === undefined ? '' : `${medianUs.toFixed(0)} µs`,
    ratio === undefined ? '' : `${ratio.toFixed(2)} × PyTorch`,
    agrees === undefined ? 'the reference' : agrees ? 'loss agrees' : `LOSS DIFFERS: ${loss}`,
    isResident === undefined ? '' : isResident ? 'state on the device' : 'STATE COMES BACK',
  ];
  return head + parts.filter(Boolean).join(', ');
}

/** Whether a row shows a fault of ours. */
export const isFault = ({ failed, agrees, isResident }: GpuRow): boolean =>
  failed !== undefined || agrees === false || isResident === false;
