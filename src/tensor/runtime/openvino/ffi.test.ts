import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runChild } from '../../../../tests/support/child.js';
import { compile } from '../../compile.js';
import type { Value } from '../../graph/graph.js';

import { configuredFolder, libraryFiles, openLibrary, refuseOtherRelease } from './ffi.js';
import { openvino } from './openvino.js';

const installed = configuredFolder()!;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lemmata-openvino-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** The installed library under `folder`, by links, without the files that `omit` matches. */
function linkLibrary(omit: RegExp): void {
  for (const name of readdirSync(installed)) if (!omit.test(name)) symlinkSync(join(installed, name), join(folder, name));
}
const cLibrary = () => readdirSync(installed).find((name) => /openvino_c\b/.test(name))!;

/** Why OpenVINO is not used, as `devices` shows it too; a compiled function works all the same. */
async function useWithoutOpenVino(): Promise<string> {
  vi.stubEnv('LEMMATA_OPENVINO', folder);
  const square = compile((x: tf.Tensor) => x.square());
  expect((await square(3)).item()).toBe(9);
  expect(square.programs[0].runtime).toBe('onnxruntime');
  const reason = openvino();
  expect(square.programs[0].refused).toEqual([reason]);
  return reason as string;
}

describe('the OpenVINO library', () => {
  it('is used where it is installed', async () => {
    const square = compile((x: tf.Tensor) => x.square());
    expect((await square(3)).item()).toBe(9);
    expect(square.programs[0].runtime).toBe('openvino');
    expect(openvino()).toMatchObject({ name: 'openvino', version: expect.stringMatching(/^2026\.4\.\d/) });
  });

  it('is absent: no such folder', async () => {
    rmSync(folder, { recursive: true });
    expect(await useWithoutOpenVino()).toBe(
      `${folder} is not a folder that can be read; set LEMMATA_OPENVINO to the folder with libopenvino_c`,
    );
    writeFileSync(folder, '');
  });

  it('is absent: a folder without it', async () => {
    linkLibrary(/openvino_c/);
    expect(await useWithoutOpenVino()).toBe(`${folder} has no OpenVINO C library (libopenvino_c.so, .dylib or openvino_c.dll)`);
  });

  it('is garbage', async () => {
    linkLibrary(/openvino_c/);
    writeFileSync(join(folder, cLibrary()), 'garbage '.repeat(1000));
    expect(await useWithoutOpenVino()).toMatch(/openvino_c.* cannot be used: Failed to load shared library/);
  });

  it.runIf(process.platform === 'linux')('is cut short, which would kill the process', async () => {
    linkLibrary(/openvino_c/);
    const file = join(folder, cLibrary());
    copyFileSync(join(installed, cLibrary()), file);
    const { size } = statSync(file);
    truncateSync(file, Math.floor(size / 2));
    expect(await useWithoutOpenVino()).toMatch(
      new RegExp(` is cut short: ${Math.floor(size / 2)} bytes of \\d+ at least; install it again`),
    );
  });

  it('is another library under its name', async () => {
    linkLibrary(/openvino_c/);
    copyFileSync(join(installed, libraryFiles(readdirSync(installed)).tbb!), join(folder, cLibrary()));
    expect(await useWithoutOpenVino()).toMatch(/cannot be used: .*ov_get_openvino_version/);
  });

  it('loads, and then has no working CPU plugin', async () => {
    linkLibrary(/intel_cpu_plugin/);
    writeFileSync(join(folder, 'libopenvino_intel_cpu_plugin.so'), 'garbage');
    const { value, program } = runChild('square.ts', { LEMMATA_OPENVINO: folder }); // this process has loaded the working one
    expect([value, program.runtime]).toEqual([9, 'onnxruntime']);
    expect(program.refused[0]).toMatch(/^OpenVINO could not compile the graph: /);
  });

  it('is of another release', () => {
    expect(() => refuseOtherRelease('2025.3.0')).toThrow('it is OpenVINO 2025.3.0, and only 2026.4 is used; install openvino==2026.4.*');
    expect(() => refuseOtherRelease('2026.40.0')).toThrow('it is OpenVINO 2026.40.0');
    expect(() => refuseOtherRelease('2026.4.1')).not.toThrow();
  });

  it('is found under the names of Linux, macOS and Windows', () => {
    expect(
      libraryFiles([
        'libopenvino.so.2641',
        'libopenvino_c.so.2641',
        'libopenvino_onnx_frontend.so.2641',
        'libtbb.so.12',
        'libtbbmalloc.so.2',
      ]),
    ).toEqual({
      tbb: 'libtbb.so.12',
      core: 'libopenvino.so.2641',
      c: 'libopenvino_c.so.2641',
    });
    expect(libraryFiles(['libopenvino.2641.dylib', 'libopenvino_c.2641.dylib', 'libtbb.12.dylib'])).toEqual({
      tbb: 'libtbb.12.dylib',
      core: 'libopenvino.2641.dylib',
      c: 'libopenvino_c.2641.dylib',
    });
    expect(libraryFiles(['openvino.dll', 'openvino_c.dll', 'tbb12.dll', 'tbbmalloc.dll'])).toEqual({
      tbb: 'tbb12.dll',
      core: 'openvino.dll',
      c: 'openvino_c.dll',
    });
    expect(libraryFiles([])).toEqual({ tbb: undefined, core: undefined, c: undefined });
  });

  it('is not configured', () => {
    vi.stubEnv('LEMMATA_OPENVINO', '');
    expect(openLibrary('')).toBe(
      'no OpenVINO library is configured: set LEMMATA_OPENVINO to the folder with libopenvino_c, or run npm start once',
    );
  });
});

describe('a graph with an operator that does not exist', () => {
  it.each(['openvino', 'onnxruntime'] as const)('give an error on %s', async (runtime) => {
    const { openvino } = await import('./openvino.js');
    const { onnxruntime } = await import('../onnxruntime/onnxruntime.js');
    const found = runtime === 'openvino' ? openvino() : onnxruntime();
    if (typeof found === 'string') throw new Error(found);
    const x: Value = { name: 'x', shape: [2], dtype: 'float32' };
    const y: Value = { ...x, name: 'y' };
    const graph = { inputs: [x], outputs: [y], constants: [], nodes: [{ op: 'Nothing', inputs: [x], attributes: {}, outputs: [y] }] };
    await expect(found.load(graph, { threads: 1 })).rejects.toThrow(
      runtime === 'openvino' ? /^OpenVINO could not read the ONNX model: ./ : /^ONNX Runtime could not load the graph: ./,
    );
    expect(Float64Array.of(Number.MIN_VALUE)[0] * 1).toBe(5e-324);
  });
});
