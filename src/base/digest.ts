import { createHash } from 'node:crypto';

/** SHA-256 of these pieces as one, in hexadecimal: `sha256('abc')` is `ba7816bf…`. */
export function sha256(...pieces: readonly (string | Uint8Array)[]): string {
  const digest = startDigest();
  for (const piece of pieces) digest.add(piece);
  return digest.hex();
}

/** SHA-256 of what is given piece by piece. */
export function startDigest(): { add(piece: string | Uint8Array): void; hex(): string } {
  const hash = createHash('sha256');
  return {
    add(piece) {
      for (const part of typeof piece === 'string' ? [piece] : inParts(piece)) hash.update(part);
    },
    hex: () => hash.digest('hex'),
  };
}

/** Views of some bytes, one behind the other, as long as Node reads, writes and hashes at once: less than 2 GiB. */
export function* inParts(bytes: Uint8Array, length = 2 ** 28): Generator<Uint8Array> {
  for (let at = 0; at === 0 || at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
