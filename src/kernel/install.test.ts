import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installKernel, kernelNode } from './install.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lemmata-install-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('installKernel', () => {
  it('writes a kernelspec that starts this kernel with this Node', () => {
    const spec = JSON.parse(readFileSync(join(installKernel({ prefix: folder }), 'kernel.json'), 'utf8'));
    expect(spec).toMatchObject({ display_name: 'TypeScript (Lemmata)', language: 'typescript', interrupt_mode: 'message' });
    expect(spec.argv).toEqual([process.execPath, expect.stringMatching(/[\\/]kernel[\\/]main\.js$/), '{connection_file}']);
  });

  it('goes where it is told, and over an older one', () => {
    vi.stubEnv('JUPYTER_DATA_DIR', '');
    vi.stubEnv('XDG_DATA_HOME', join(folder, 'xdg'));
    vi.stubEnv('VIRTUAL_ENV', join(folder, 'venv'));
    expect(installKernel({ sysPrefix: true })).toBe(join(folder, 'venv/share/jupyter/kernels/lemmata'));
    expect(installKernel({ sysPrefix: true })).toBe(join(folder, 'venv/share/jupyter/kernels/lemmata'));
    if (process.platform === 'linux') expect(installKernel()).toBe(join(folder, 'xdg/jupyter/kernels/lemmata'));
    vi.stubEnv('JUPYTER_DATA_DIR', join(folder, 'data'));
    expect(installKernel({ user: true })).toBe(join(folder, 'data/kernels/lemmata'));
  });

  it('takes the locked Node where this one lacks what the kernel needs, as Node 20 does, and refuses where there is none', () => {
    const { createRequire, stripTypeScriptTypes } = nodeModule;
    const old = { createRequire, stripTypeScriptTypes };
    expect(() => kernelNode(old, folder)).toThrow(
      `needs Node 22.15 or later, and this is Node ${process.versions.node}, whose node:module has no registerHooks, setSourceMapsSupport, enableCompileCache; install`,
    );
    mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
    writeFileSync(join(folder, 'node_modules', '.bin', 'node'), '');
    expect(kernelNode(old, folder)).toBe(join(folder, 'node_modules', '.bin', 'node'));
    expect(kernelNode(nodeModule, folder)).toBe(process.execPath);
  });

  it('refuses two places at once, and an environment that is not there', () => {
    expect(() => installKernel({ user: true, prefix: folder })).toThrow(
      '--user, --sys-prefix and --prefix name different places; give one of them',
    );
    vi.stubEnv('VIRTUAL_ENV', '');
    vi.stubEnv('CONDA_PREFIX', '');
    expect(() => installKernel({ sysPrefix: true })).toThrow('neither VIRTUAL_ENV nor CONDA_PREFIX is set');
  });
});
