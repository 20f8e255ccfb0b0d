import { randomUUID } from 'node:crypto';
import { fixed, significant } from '../base/index.js';
import { cellHook, display } from '../base/internal.js';

/** A line that says how far a loop is. */
export interface Progress {
  /** Says that so many of the total are done, and perhaps a word on how it goes: `tick(120, 'loss 0.31')`. */
  tick(done: number, note?: string): void;
  /** Ends the display with what was done; the rate goes, so that a saved notebook does not depend on the machine. */
  end(note?: string): void;
}

/**
 * One line that shows how far a long loop is, its rate and the time left; it is redrawn at most five times a second.
 *
 *     const bar = progress(epochs, { label: 'ridge', unit: 'epochs' })
 *     for (…) bar.tick(epoch)
 *     bar.end()
 *
 * In the kernel it is one display that updates; in a terminal one line; elsewhere only its last state is printed. A loop that goes
 * on `from` where an earlier one ended has its own rate.
 */
export function progress(total: number, { label, unit = 'steps', from = 0 }: { label: string; unit?: string; from?: number }): Progress {
  const update = randomUUID();
  const start = performance.now();
  let drawn = Number.NEGATIVE_INFINITY;
  let last = 0;
  return {
    tick(done, note = '') {
      last = done;
      const now = performance.now();
      if (now - drawn < 200) return;
      drawn = now;
      const seconds = (now - start) / 1000;
      const rate = (done - from) / seconds;
      const pace = done > from ? ` · ${significant(rate, 3)} ${unit}/s · ${duration((total - done) / rate)} left` : '';
      draw(update, `${label} ${bar(done / total)} ${fixed(done, 0)}/${fixed(total, 0)}${pace}${note && ` · ${note}`}`, false);
    },
    end(note = '') {
      draw(update, `${label}: ${fixed(last, 0)} ${unit}${note && ` · ${note}`}`, true);
    },
  };
}

function draw(update: string, text: string, final: boolean): void {
  if (cellHook('display')) display({ 'text/plain': text }, { update });
  else if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K${text}${final ? '\n' : ''}`);
  else if (final) console.log(text);
}

const WIDTH = 24;

function bar(fraction: number): string {
  const full = Math.round(WIDTH * Math.min(1, Math.max(0, fraction)));
  return '━'.repeat(full) + '─'.repeat(WIDTH - full);
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${fixed(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}
