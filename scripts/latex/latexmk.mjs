import { spawn, spawnSync } from 'node:child_process';
import { basename, delimiter, dirname, join } from 'node:path';

const PROGRAMS = ['latexmk', 'pdflatex'];

/** What to say where LaTeX is not installed; nothing where it is. @returns {string | undefined} */
export function missingLatex() {
  const missing = PROGRAMS.filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error);
  if (missing.length === 0) return undefined;
  return (
    `LaTeX is not installed (missing: ${missing.join(', ')}); proofs and summaries are PDFs made with it, everything else works without. To install it:\n` +
    '  Debian, Ubuntu  sudo apt-get install --no-install-recommends texlive-latex-base texlive-latex-recommended texlive-latex-extra texlive-pictures texlive-bibtex-extra biber latexmk lmodern\n' +
    '  macOS           brew install --cask mactex-no-gui'
  );
}

/**
 * Runs LaTeX, and biber and makeindex where the document asks for them, as often as it takes.
 *
 * @param {string} file
 * @param {string} folder  of what LaTeX writes
 * @param {string} root    where the repository is
 * @returns {Promise<{ status: number | null, text: string }>}
 */
export function latexmk(file, folder, root) {
  const args = ['-norc', '-pdf', '-interaction=nonstopmode', '-halt-on-error', '-file-line-error', `-outdir=${folder}`, basename(file)];
  const proofs = join(root, 'proofs');
  const search = ['.', folder, proofs, join(root, 'build', 'figures'), ''].join(delimiter); // the empty end keeps TeX's own folders
  const env = {
    ...process.env,
    TEXINPUTS: `${search}${process.env.TEXINPUTS ?? ''}`,
    BIBINPUTS: ['.', proofs, join(root, 'paper'), ''].join(delimiter),
    SOURCE_DATE_EPOCH: '0',
    FORCE_SOURCE_DATE: '1',
    max_print_line: '10000',
  };
  return new Promise((done, fail) => {
    const child = spawn('latexmk', args, { cwd: dirname(file), env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      text += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('close', (status) => done({ status, text }));
  });
}

/**
 * TeX's first error with the lines below it, which show where.
 *
 * @param {string} log
 */
export function firstError(log) {
  const lines = log.split('\n');
  const at = lines.findIndex((line) => /^(!|[^\s:]+:\d+: )/.test(line));
  return at < 0 ? undefined : lines.slice(at, at + 6).join('\n');
}
