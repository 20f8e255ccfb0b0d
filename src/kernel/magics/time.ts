import { atEndOfCell } from '../runtime/cell-context.js';

/**
 * Runs a function once and says how long it took, on the clock and in processor time of all threads.
 *
 *     const fit = await time(() => ridge(X, y, { lambda: 1 }));        in a cell also: %time ridge(X, y, { lambda: 1 })
 *
 * @returns what the function returns
 */
export async function time<T>(run: () => T | Promise<T>): Promise<Awaited<T>> {
  const show = stopwatch();
  try {
    return await run();
  } finally {
    show();
  }
}

/** Says at the end of the cell how long it took; in a cell also: `%%time` on its first line. */
export const timeCell = (): void => atEndOfCell(stopwatch());

function stopwatch(): () => void {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    console.log(`${readable(performance.now() - wall)} on the clock, ${readable((user + system) / 1000)} of processor time`);
  };
}

const readable = (ms: number) => (ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`);
