import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './child.js';

const DRIVER = 'vk_swiftshader_icd.json';
const folder = ['/usr/lib/chromium', '/opt/google/chrome'].find((folder) => existsSync(join(folder, DRIVER)));

/** The environment in which WebGPU computes without a GPU: with the Vulkan driver that comes with Chromium, which runs on the processor. */
export const softwareGpu: Record<string, string> = folder ? { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: join(folder, DRIVER) } : {};

/** Whether tests that need WebGPU are left out: it has neither that driver nor a GPU, and this is no CI run, where they must fail. */
export const noWebgpu = !folder && !process.env.CI && !runChild('device.ts', {}, 'webgpu').available;
