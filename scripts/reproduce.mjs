// npm run reproduce [-- name… --from results --dry-run --watch]: builds what is not what its inputs say now, and nothing else.
//
//     npm run reproduce                      data, experiments, notebooks, checks, PDFs, website
//     npm run reproduce -- --from results    of these, what stands downstream of the committed results: PDFs, letters, README's table, website
//     npm run reproduce -- week09            one week: its experiments, notebook, proofs and page
//     npm run reproduce -- --profile quick   the whole way in small: slices of experiments, notebooks with quick parameters, into build/quick/
//     npm run reproduce -- --dry-run         what would be built, and because of which input
//     npm run proofs -- week06               one document; npm run blog, paper, slides … build a group
//     npm run paper -- --watch               builds again whenever an input changes
//
// Each target has a stamp in build/stamps/, with the digests of its inputs, which are files and the numbers that it quotes. One that fails leaves what
// was there; a run that was killed goes on where it stopped. npm run blog has options of its own, which scripts/blog.mjs names.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { onEnd, stopAll } from './bootstrap/command.mjs';
import { endWith, SetUpFailure } from './bootstrap/failure.mjs';
import { setUp } from './bootstrap/set-up.mjs';

const root = resolve(import.meta.dirname, '..');
const OPTIONS = /** @type {const} */ ({
  from: { type: 'string' },
  profile: { type: 'string', default: 'full' },
  log: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  watch: { type: 'boolean' },
  pathprefix: { type: 'string' },
  url: { type: 'string' },
  out: { type: 'string' },
  serve: { type: 'boolean' },
  port: { type: 'string', default: '8080' },
});
onEnd(async (code) => {
  await stopAll();
  process.exit(code);
});

try {
  const { values, positionals } = options();
  const everything = positionals.length === 0 && !values.from;
  const evidence =
    everything || values.log || /^(?:data|experiments|notebooks|checks|transformer|week\d\d|day\d\d)/.test(positionals[0] ?? '');
  if (!values['dry-run'] && (evidence || positionals.length === 0 || positionals.includes('blog')))
    await setUp({ only: evidence ? [] : ['packages', 'library'] });
  if (evidence && !existsSync(resolve(root, 'dist/market/index.js')))
    throw new SetUpFailure(
      'The library is not built, and from it is read what experiments and notebooks follow from: run npm run build, then the same command, or leave them out with --from results.',
    );
  await main(values, positionals, evidence);
} catch (error) {
  endWith(error);
}

function options() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
    if (values.from !== undefined && values.from !== 'results') throw new Error(`--from ${values.from}: what can be begun from is results`);
    if (!['full', 'quick'].includes(values.profile)) throw new Error(`--profile ${values.profile}: the profiles are full and quick`);
    return { values, positionals };
  } catch (error) {
    throw new SetUpFailure(
      `${/** @type {Error} */ (error).message}. Usage: npm run reproduce -- [name…] [--from results] [--profile quick] [--dry-run] [--watch] [--log]`,
    );
  }
}

/**
 * @param {ReturnType<typeof options>['values']} values
 * @param {string[]} names
 * @param {boolean} evidence
 */
async function main(values, names, evidence) {
  const { allTargets, chosen, DOWNSTREAM } = await import('./publish/targets.mjs');
  const { dryRun, run } = await import('./publish/engine.mjs');
  const { behind, needed } = await import('./publish/needed.mjs');
  const { pathprefix, url, out, port } = values;
  const site = { pathprefix: pathprefix ?? '/', url, out: out ?? 'build/site' };
  const all = await allTargets(root, { evidence, quick: values.profile === 'quick' && evidence, site });
  if (values.log) {
    console.log((await import('./publish/times.mjs')).writeTimes(root, all));
    return;
  }
  const targets = wanted(() => chosen(all, names.length === 0 && values.from ? DOWNSTREAM : names));
  if (values['dry-run']) {
    const would = await dryRun(targets, { root });
    const { untimed, line } = needed(all, would, root);
    console.log(would.length === 0 ? 'nothing to do' : line);
    if (untimed.length > 0) console.log(`no time is known of ${untimed.length} of them`);
    return;
  }
  const { assertFree, serve } = values.serve ? await import('./blog/serve.mjs') : { assertFree: undefined, serve: undefined };
  await assertFree?.(Number(port));
  const from = performance.now();
  const fates = await run(targets, { root });
  const count = (/** @type {string} */ fate) => [...fates.values()].filter((one) => one === fate).length;
  const others = [
    ...(count('missing') ? [`${count('missing')} without a program`] : []),
    ...(count('failed') ? [`${count('failed')} failed`] : []),
  ];
  if (fates.size > 1)
    console.log(
      [`${count('built')} built, ${count('current')} up to date`, ...others, `${((performance.now() - from) / 1000).toFixed(1)} s`].join(
        ', ',
      ),
    );
  const stale = await behind(all, targets, root);
  if (stale.length > 0)
    console.log(`built with what is behind its sources: ${stale.join(', ')}; npm run reproduce -- --from results brings all up to date`);
  if (count('failed') > 0) process.exitCode = 1;
  else if (count('missing') > 0) process.exitCode = process.env.CI ? 1 : 3;
  serve?.({ folder: resolve(root, site.out), prefix: site.pathprefix, port: Number(port) });
  if (values.watch) await (await import('./publish/watch.mjs')).watch(targets, { root });
}

/** @template T @param {() => T} choose @returns {T} */
function wanted(choose) {
  try {
    return choose();
  } catch (error) {
    throw new SetUpFailure(`reproduce: ${/** @type {Error} */ (error).message}`);
  }
}
