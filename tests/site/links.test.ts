import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const { addressOf, links, repositoryOf } = await import(join(ROOT, 'scripts/latex/links.mjs'));
const { shortcodes } = await import(join(ROOT, 'scripts/blog/shortcodes.mjs'));
const folder = mkdtempSync(join(tmpdir(), 'lemmata-links-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const PLACES = ['src/a.ts#f', 'src/a.test.ts#thm:a'];
const CODE = {
  'src/a.ts': '\nexport function f() {}\n',
  'src/a.test.ts': "theorem('thm:a', {});\n",
  'src/new.ts': 'export const g = 1;\n',
};

/** A repository of its own with a history of two commits: its folder, and the last commit of each file. */
function repository(name: string, packageJson: object, { history = true } = {}): { root: string; last: Record<string, string> } {
  const root = join(folder, name);
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const git = (...args: string[]) => {
    const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b.c', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b.c' };
    const when = { GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' };
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, env: { ...process.env, ...who, ...when }, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  put('package.json', JSON.stringify(packageJson));
  for (const [file, text] of Object.entries(CODE)) put(file, text);
  if (!history) return { root, last: {} };
  git('init', '-q');
  git('add', 'src/a.ts');
  git('commit', '-qm', 'one');
  const first = git('rev-parse', 'HEAD');
  git('add', 'src/a.test.ts');
  git('commit', '-qm', 'two');
  return { root, last: { 'src/a.ts': first, 'src/a.test.ts': git('rev-parse', 'HEAD') } };
}

const inWorkflow = (sha = 'f'.repeat(40)) => {
  vi.stubEnv('GITHUB_SERVER_URL', 'https://code.example');
  vi.stubEnv('GITHUB_REPOSITORY', 'a/b');
  vi.stubEnv('GITHUB_SHA', sha);
};
const outside = () => {
  for (const name of ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY', 'GITHUB_SHA']) vi.stubEnv(name, undefined);
};

describe('links to code', () => {
  let named: ReturnType<typeof repository>;
  let silent: ReturnType<typeof repository>;
  beforeAll(() => {
    named = repository('named', { repository: { url: 'git+https://code.example/a/b.git' } });
    silent = repository('silent', {});
  });

  it('are the same whether package.json or the workflow names the repository: to the line, at the revision that changed the file last', () => {
    outside();
    const byPackage = links(PLACES, named.root);
    inWorkflow();
    const byWorkflow = links(PLACES, silent.root);
    const blob = 'https://code.example/a/b/blob';
    expect([...byPackage]).toEqual([
      ['src/a.ts#f', `${blob}/${named.last['src/a.ts']}/src/a.ts#L2`],
      ['src/a.test.ts#thm:a', `${blob}/${named.last['src/a.test.ts']}/src/a.test.ts#L1`],
    ]);
    expect([...byWorkflow]).toEqual([...byPackage]); // the commits are of equal bytes
    expect(named.last['src/a.ts']).not.toBe(named.last['src/a.test.ts']);
  });

  it('are to the revision of the workflow where there is no history, and none where there is no address or no revision', () => {
    const bare = repository('bare', { repository: 'https://code.example/a/b' }, { history: false });
    outside();
    expect(links(PLACES, bare.root)).toEqual(new Map());
    expect(links(PLACES, silent.root)).toEqual(new Map());
    expect(addressOf(named.root, 'src/new.ts')).toBeUndefined(); // not committed
    expect(addressOf(named.root, 'src/gone.ts')).toBeUndefined();
    inWorkflow('1234');
    expect(addressOf(bare.root, 'src/a.ts', 2)).toBe('https://code.example/a/b/blob/1234/src/a.ts#L2');
  });

  it('take no address that is not https', () => {
    outside();
    const ssh = repository('ssh', { repository: 'git@code.example:a/b.git' }, { history: false });
    expect(repositoryOf(ssh.root)).toBeUndefined();
  });

  it('lead to the site’s own page of a file where it has one, else to the repository, else nowhere', () => {
    const filters: Record<string, (file: string, line?: number) => string> = {};
    const eleventy = {
      addFilter: (name: string, filter: (typeof filters)[string]) => Object.assign(filters, { [name]: filter }),
      addShortcode: () => {},
      addNunjucksGlobal: () => {},
    };
    const site = { root: named.root, quotable: {}, notebooks: [], pdfs: [], sourceUrls: new Set(['src/a.test.ts']) };
    outside();
    shortcodes(eleventy, site as never);
    expect(filters.code('src/a.test.ts', 1)).toBe('<a href="/source/src/a.test.ts/#L1"><code>src/a.test.ts</code></a>');
    expect(filters.code('src/a.ts', 2)).toContain(`blob/${named.last['src/a.ts']}/src/a.ts#L2"><code>src/a.ts</code>`);
    shortcodes(eleventy, { ...site, root: silent.root } as never);
    expect(filters.code('src/a.ts', 2)).toBe('<code>src/a.ts</code>');
  });
});
