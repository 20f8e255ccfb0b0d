import { createHash } from 'node:crypto';

/** SHA-256 of these pieces as one, in hexadecimal: `sha256('abc')` is `ba7816bf…`. */
export function sha256(...pieces: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
