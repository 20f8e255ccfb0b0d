import { fromMinute } from '../../panel/dates.js';
import { checkTable } from '../../store/check.js';
import type { Table } from '../../store/table.js';

const HOUR = /^(\d{4})-(\d\d)-(\d\d) (0[1-9]|1[0-2])-(AM|PM)$/;
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

/**
 * Hourly bars as CryptoDataDownload writes those of Coinbase: two lines of headers, `2019-10-17 09-AM,BTCUSD,…`, newest first but for some, in
 * UTC by the beginning of the hour. Here they ascend, dated by its end, when they are known: the hour from 09:00 is `2019-10-17T10:00`.
 *
 * @throws with the number and the text of the line that is no such bar, and where an hour is there twice
 */
export function parseCoinbaseHours(text: string, where: string): Table {
  const lines = text.trimEnd().split(/\r?\n/);
  const head = lines[1]?.split(',') ?? [];
  const wanted = ['date', 'symbol', 'open', 'high', 'low', 'close', 'volume_btc', 'volume'];
  if (head.join() !== wanted.join()) throw new Error(`${where}: line 2 must be '${wanted.join()}', got '${lines[1] ?? ''}'`);
  const rows = lines.slice(2).map((line, i) => {
    const cells = line.split(',');
    const [minute, ...numbers] = [minuteOf(cells[0]), ...cells.slice(2, 7).map(Number)];
    if (cells.length !== wanted.length || ![minute, ...numbers].every(Number.isFinite))
      throw new Error(`${where}, line ${i + 3}: an hour such as '2019-10-17 09-AM' and seven cells after it were wanted: '${line}'`);
    return { minute: minute + 60, numbers, line: i + 3 };
  });
  rows.sort((a, b) => a.minute - b.minute);
  const table: Table = {
    dates: rows.map(({ minute }) => fromMinute(minute)),
    columns: new Map(COLUMNS.map((name, c) => [name, Float64Array.from(rows, ({ numbers }) => numbers[c])])),
  };
  checkTable(table, { where, kind: 'bars', calendar: 'none', allowMissing: false, line: (row) => `line ${rows[row].line}` });
  return table;
}

/** Minutes since 1970 of an hour's beginning. */
function minuteOf(text: string): number {
  const [, year, month, day, hour, half] = HOUR.exec(text) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), (Number(hour) % 12) + (half === 'PM' ? 12 : 0)) / 60_000;
}
