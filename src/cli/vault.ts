import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type Json, openVault, VAULT, vaultOpenings } from '../trade/index.js';
import { printTable } from './table.js';

/** `lemmata vault …`: the years that no selection sees. */
export function vaultCommand(): Command {
  const vault = new Command('vault').description(`${VAULT.from} to ${VAULT.to}, on which a frozen result is judged once`);
  vault
    .command('open <result>')
    .description('open the vault for one result, and log why')
    .requiredOption('--config <file>', 'JSON file with everything that was chosen, of the result and its rivals')
    .requiredOption('--reason <sentence>', 'why now; kept in results/vault.jsonl')
    .action(async (result: string, { config, reason }: { config: string; reason: string }) => {
      const { from, to } = await openVault({ result, reason, frozen: jsonOf(config) });
      process.stdout.write(`${from} to ${to} may be seen for ${result}, with this configuration alone; commit results/vault.jsonl\n`);
    });
  vault
    .command('list')
    .description('show what it was opened for')
    .action(() => {
      const rows = vaultOpenings().map(({ result, at, reason }) => [result, at.slice(0, 10), reason]);
      printTable(['result', 'opened', 'reason'], rows);
    });
  return vault;
}

function jsonOf(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (cause) {
    throw new Error(`--config ${file} cannot be read as JSON (${(cause as Error).message}): nothing was opened`, { cause });
  }
}
