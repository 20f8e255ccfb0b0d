import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, homedir } from 'node:os';
import { join } from 'node:path';
import { replaceFile, sha256 } from '../../base/internal.js';
import type { ProgramCache } from './runtime.js';

/**
 * Compiled programs on disk, so that a kernel restart does not compile again. Loading one takes half of OpenVINO's compile time
 * (25 ms for 49, an LSTM's step 284 ms for 531); ONNX Runtime needs 2-45 ms from the ONNX file, and no cache.
 *
 * An entry is its SHA-256, then its bytes: one that was cut short or changed is ignored and written again. Entries of other versions,
 * processors and settings have other keys.
 *
 * @param folder  LEMMATA_CACHE, or else `lemmata/programs` in the user's cache folder
 */
export function programCache(folder = defaultFolder()): ProgramCache {
  return {
    get(key) {
      try {
        const entry = readFileSync(join(folder, key));
        const bytes = entry.subarray(HASH);
        return checksum(bytes).equals(entry.subarray(0, HASH)) ? bytes : undefined;
      } catch {
        return undefined;
      }
    },
    put(key, write) {
      const scratch = join(folder, `${key}.${process.pid}.tmp`);
      try {
        mkdirSync(folder, { recursive: true });
      } catch {
        return; // without a cache, compiling takes longer
      }
      try {
        write(scratch);
        const bytes = readFileSync(scratch);
        rmSync(scratch);
        replaceFile(join(folder, key), [checksum(bytes), bytes]); // whole or not at all, whoever else writes it
        forgetOldest(folder);
      } catch {
        rmSync(scratch, { force: true }); // a full disk, too
      }
    },
  };
}

/** The name of what these parts and this machine's processor determine. */
export function cacheKey(...parts: readonly (string | Uint8Array)[]): string {
  return sha256(processor(), ...parts.flatMap((part) => [`${part.length}:`, part])).slice(0, 40);
}

const HASH = 32;
const MOST = 256;

function forgetOldest(folder: string): void {
  const entries = readdirSync(folder).map((name) => ({ file: join(folder, name), age: -statSync(join(folder, name)).mtimeMs }));
  for (const { file } of entries.sort((a, b) => a.age - b.age).slice(MOST)) rmSync(file, { force: true });
}

const checksum = (bytes: Uint8Array) => Buffer.from(sha256(bytes), 'hex');

function defaultFolder(): string {
  if (process.env.LEMMATA_CACHE) return process.env.LEMMATA_CACHE;
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const system = { darwin: join(homedir(), 'Library', 'Caches'), win32: LOCALAPPDATA }[process.platform as string];
  return join(XDG_CACHE_HOME || system || join(homedir(), '.cache'), 'lemmata', 'programs');
}

/** The model, and where Linux tells them the instruction sets that a virtual machine lets through. */
function processor(): string {
  try {
    return /^flags\s*:.*$|^Features\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))![0] + cpus()[0].model;
  } catch {
    return `${process.platform} ${process.arch} ${cpus()[0]?.model}`;
  }
}
