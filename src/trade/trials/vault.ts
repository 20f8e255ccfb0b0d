import { join } from 'node:path';
import { checkOptions, resultsFolder, sha256 } from '../../base/internal.js';
import { appendToLog, canonical, type Json, readEntries } from './log.js';

/** The years that no selection sees, first and last date: a frozen result is judged on them once. */
export const VAULT = { from: '2017-01-01', to: '2022-12-31' } as const;

/** What selection may see: `loadPanel(name, RESEARCH)`. */
export const RESEARCH = { to: '2016-12-31' } as const;

/** One opening of the vault, as `results/vault.jsonl` has it. */
export interface VaultOpening {
  /** The result that was judged. */
  readonly result: string;
  /** Why, in a sentence. */
  readonly reason: string;
  /** SHA-256 of the configuration that was frozen. */
  readonly frozen: string;
  /** When, ISO 8601. */
  readonly at: string;
}

/** What is to be judged, and why now. */
export interface VaultRequest {
  /** Its name: lower-case letters, digits and dashes. */
  readonly result: string;
  /** One sentence for those who read the log. */
  readonly reason: string;
  /** Everything that was chosen, of the result and of its rivals: after this nothing is. */
  readonly frozen: Json;
}

/**
 * Opens the vault for one result, and writes into `results/vault.jsonl`, which is committed, that and why it was opened.
 *
 *     const prices = await loadPanel('skfolio/sp500-stocks', await openVault({ result: 'week11', reason: 'the fusion is final', frozen: config }))
 *
 * A result has one opening. The same frozen configuration may be run again, since it shows the same numbers; another is refused, since
 * choosing after a look is selection. From a shell: `lemmata vault open week11 --config frozen.json --reason '…'`.
 *
 * What it cannot prevent: data of these years that is loaded without it, code that changes under the same configuration, a result that is
 * given a second name, and what an author, or a model that was trained on text of later years, knows of them.
 *
 * @returns the dates of the vault, as `loadPanel` takes them
 * @throws  when the result was opened with another configuration, or name or reason are missing
 */
export async function openVault(request: VaultRequest): Promise<typeof VAULT> {
  checkOptions('openVault', request, ['result', 'reason', 'frozen']);
  const { result, reason, frozen } = request;
  if (!/^[a-z0-9-]+$/.test(result)) throw new Error(`openVault: a result has lower-case letters, digits and dashes, got '${result}'`);
  if (!reason?.trim()) throw new Error(`openVault: say why ${result} is opened now, in a sentence; it is kept in the log`);
  const digest = sha256(canonical(frozen, 'frozen'));
  await appendToLog<VaultOpening>(vaultFile(), (openings) => {
    const before = openings.find((one) => one.result === result);
    if (before && before.frozen !== digest)
      throw new Error(
        `openVault: ${result} was opened on ${before.at.slice(0, 10)} ('${before.reason}') with another configuration; a choice after a look is selection: report what it showed then`,
      );
    return before ? undefined : { result, reason: reason.trim(), frozen: digest, at: new Date().toISOString() };
  });
  return VAULT;
}

/** The openings of the vault, in their order. */
export const vaultOpenings = (): VaultOpening[] => readEntries<VaultOpening>(vaultFile());

/**
 * Refuses data that reaches into the vault, where something is to be chosen on it: `assertResearch('week05', panel)`.
 *
 * @param who   what is chosen, for the error
 * @param data  anything with dates [T]: a panel, a frame, returns
 * @throws      when its last date is in the vault or after it
 */
export function assertResearch(who: string, { dates }: { readonly dates: readonly string[] }): void {
  if (dates.length > 0) refuseVault(who, dates[dates.length - 1]);
}

/** Throws when a last date lies in the vault or after it. */
export function refuseVault(who: string, last: string): void {
  if (last.slice(0, 10) <= RESEARCH.to) return;
  throw new Error(
    `${who}: the data reaches ${last}, and ${VAULT.from} to ${VAULT.to} is a vault that no selection sees; choose on dates to ${RESEARCH.to} (loadPanel(name, RESEARCH)), and judge the frozen result once with openVault`,
  );
}

const vaultFile = (): string => join(resultsFolder(), 'vault.jsonl');
