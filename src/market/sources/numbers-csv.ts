import { readFileSync } from 'node:fs';

/**
 * Numbers of a CSV file without headers, read byte by byte: exchanges' files have millions of rows.
 *
 * @param columns  in every row; the number of the first row where it is left out
 * @returns        [rows × columns], row by row
 * @throws         when the file cannot be read, and at the first row that has another number of cells or a cell that is no number
 */
export function readNumbers(file: string, columns?: number): { data: Float64Array; columns: number } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check its path`, { cause: error });
  }
  const width = columns ?? cellsIn(lineAt(bytes, 0));
  let data = new Float64Array(1024 * width);
  let [row, at] = [0, 0];
  while (at < bytes.length) {
    const start = at;
    if ((row + 1) * width > data.length) data = lengthened(data);
    for (let column = 0; column < width; column++) {
      // Digits, with a sign and a point perhaps: their number is exact below 2⁵³, and so is a power of ten, so one division rounds once.
      const cell = at;
      const negative = bytes[at] === MINUS;
      if (negative) at++;
      let [digits, count, point] = [0, 0, -1];
      for (; ; at++) {
        const byte = bytes[at];
        if (byte >= ZERO && byte <= NINE) {
          digits = 10 * digits + (byte - ZERO);
          count++;
        } else if (byte === POINT && point < 0) point = count;
        else break;
      }
      const simple = count > 0 && count <= 15 && isEnd(bytes[at], column === width - 1);
      if (simple) data[row * width + column] = (negative ? -digits : digits) / (point < 0 ? 1 : 10 ** (count - point));
      else {
        while (at < bytes.length && !isEnd(bytes[at], column === width - 1) && bytes[at] !== NEWLINE) at++;
        const text = bytes.toString('latin1', cell, at).trim();
        const value = text === '' ? Number.NaN : Number(text);
        if (!Number.isFinite(value) || !isEnd(bytes[at], column === width - 1)) throw broken(file, bytes, row, start, width);
        data[row * width + column] = value;
      }
      if (column < width - 1) at++;
    }
    if (bytes[at] === RETURN) at++;
    if (at < bytes.length && bytes[at] !== NEWLINE) throw broken(file, bytes, row, start, width);
    at++;
    row++;
  }
  if (row === 0) throw new Error(`${file} is empty`);
  return { data: data.slice(0, row * width), columns: width };
}

const [MINUS, POINT, ZERO, NINE, COMMA, NEWLINE, RETURN] = [...'-.09,\n\r'].map((letter) => letter.charCodeAt(0));

/** Whether a cell ends here: at a comma, the last of a row at its end. */
const isEnd = (byte: number | undefined, last: boolean): boolean =>
  last ? byte === undefined || byte === NEWLINE || byte === RETURN : byte === COMMA;

function lineAt(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(NEWLINE, start);
  return bytes.toString('latin1', start, end < 0 ? bytes.length : end).replace(/\r$/, '');
}

const cellsIn = (line: string): number => line.split(',').length;

function broken(file: string, bytes: Buffer, row: number, start: number, width: number): Error {
  const cells = cellsIn(lineAt(bytes, start));
  return rowError(file, row, cells === width ? 'a cell that is no number' : `${cells} cells instead of ${width}`);
}

/** The error of one row, with its text as the file has it: `m.csv, line 812: 5 cells instead of 6: '34200.1,1,5,100,2'`. */
export function rowError(file: string, row: number, fault: string): Error {
  const bytes = readFileSync(file);
  let start = 0;
  for (let i = 0; i < row; i++) start = bytes.indexOf(NEWLINE, start) + 1;
  const line = lineAt(bytes, start);
  return new Error(`${file}, line ${row + 1}: ${fault}: '${line.length > 120 ? `${line.slice(0, 120)}…` : line}'`);
}

function lengthened(former: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(2 * former.length);
  longer.set(former);
  return longer;
}
