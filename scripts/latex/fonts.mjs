import { spawnSync } from 'node:child_process';

/**
 * Fonts that a PDF names and does not carry, or carries as bitmaps, as sentences; none where pdffonts (poppler) is not installed.
 *
 * @param {string} pdf
 */
export function unembedded(pdf) {
  const { error, status, stdout } = spawnSync('pdffonts', [pdf], { encoding: 'utf8' });
  if (error || status !== 0) return [];
  const lines = stdout.split('\n').slice(2);
  const absent = lines.filter((line) => / no +(?:yes|no) +(?:yes|no) +\d+ +\d+$/.test(line)).map((line) => line.split(/\s+/)[0]);
  return [
    ...absent.map((name) => `the font ${name} is not embedded; another machine would show another one`),
    ...(lines.some((line) => line.startsWith('[none]')) ? ['a font is a bitmap; load one with outlines, such as lmodern'] : []),
  ];
}
