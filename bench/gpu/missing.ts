import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { nativeProblem } from '../../src/tensor/eager.js';
import { devices } from '../../src/tensor/runtime/devices.js';

const run = (program: string, args: readonly string[]) => {
  const { error, status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  return error || status !== 0 ? undefined : stdout.trim();
};

/** NVIDIA's GPUs with their drivers, one a line; undefined where there is none. */
export const gpus = (): string | undefined => run('nvidia-smi', ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader']);

/** Why a provider does not start, with every library that it lacks; undefined where it does. */
export function providerProblem(provider: 'cuda' | 'webgpu'): string | undefined {
  const row = devices().find(({ name }) => name.endsWith(provider));
  if (row?.available) return undefined;
  const lacks = provider === 'cuda' ? cudaLacks() : vulkanLacks();
  return [row?.detail, lacks.length > 0 ? `missing: ${lacks.join(', ')}` : ''].filter(Boolean).join('; ');
}

/** What the linker does not find of what ONNX Runtime's part for CUDA names. */
function cudaLacks(): string[] {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const file = join(root, 'bin', 'napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so');
  if (!existsSync(file)) return ['libonnxruntime_providers_cuda.so'];
  return Array.from(run('ldd', [file])?.matchAll(/^\s*(\S+) => not found/gm) ?? [], ([, name]) => name);
}

/** WebGPU reaches a GPU on Linux through Vulkan: its loader, and a driver's file that the loader finds. */
function vulkanLacks(): string[] {
  const drivers = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  const loader = run('ldconfig', ['-p'])?.includes('libvulkan.so.1');
  return [
    ...(loader ? [] : ['libvulkan.so.1 (apt install libvulkan1)']),
    ...(drivers.length > 0 ? [] : ['a Vulkan driver, such as nvidia_icd.json in /usr/share/vulkan/icd.d']),
  ];
}

/** A Python whose PyTorch computes on a GPU, or why there is none. */
export function torchOnCuda(given: string | undefined): { python: string } | { problem: string } {
  const asked = 'import torch; print(torch.__version__, torch.cuda.is_available())';
  const found = (given ? [given] : ['.venv/bin/python', 'python3', 'python']).map((python) => ({
    python,
    said: run(python, ['-c', asked]),
  }));
  const able = found.find(({ said }) => said?.endsWith('True'));
  if (able) return { python: able.python };
  const unable = found.find(({ said }) => said !== undefined);
  if (unable) return { problem: `PyTorch ${unable.said!.split(' ')[0]} of ${unable.python} finds no GPU` };
  return { problem: 'no Python here has PyTorch: pip install torch, then --python PATH' };
}

/** Why TensorFlow's own addon cannot be used, or undefined. */
export const tfjsProblem = (): string | undefined => nativeProblem('@tensorflow/tfjs-node-gpu');
