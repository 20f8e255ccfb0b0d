import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { checkWorkload, type GpuRow, isFault, shown, type Way } from '../../bench/gpu/check.js';
import { gpus } from '../../bench/gpu/missing.js';
import { W5 } from '../../bench/workloads/dqn.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const check = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', './scripts/typescript.mjs', 'bench/gpu/main.ts', ...args], { cwd: root });

describe('npm run gpu-check', () => {
  it.skipIf(gpus() !== undefined)(
    'without a GPU names what each provider lacks, and claims nothing',
    async () => {
      const { stdout } = await check('--python', 'no-such-python'); // exits with 0
      expect(stdout).toContain('GPU: none that nvidia-smi knows\n');
      expect(stdout).toMatch(/^cuda: not run; .*missing: libonnxruntime_providers_cuda\.so$/m);
      expect(stdout).toMatch(/^webgpu: not run; webgpu does not start: /m);
      expect(stdout).toContain('pytorch cuda: not run; no Python here has PyTorch: pip install torch, then --python PATH\n');
      expect(stdout).toMatch(/^tfjs-node-gpu: not run; /m);
      expect(stdout).toMatch(/Nothing was measured, and nothing is claimed/);
      expect(existsSync(join(root, 'results', 'gpu-check.json'))).toBe(false);
    },
    60_000,
  );

  it('saves each row and compares its loss, rehearsed on the processor', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gpu-check-'));
    const out = join(folder, 'rows.json');
    try {
      const { stdout } = await check('--devices', 'cpu', '--only', 'W1,W5', '--rounds', '1', '--seconds', '0.05', '--out', out);
      const { rows, gpu } = JSON.parse(readFileSync(out, 'utf8')) as { rows: GpuRow[]; gpu: string };
      expect(gpu).toBe('none: a rehearsal on the processor');
      expect(rows.map(({ workload, way, agrees }) => [workload, way, agrees])).toEqual([
        ['W1', 'processor', undefined],
        ['W1', 'cpu', true],
        ['W5', 'processor', undefined],
        ['W5', 'cpu', true],
      ]);
      for (const { way, medianUs } of rows) expect(medianUs === undefined).toBe(way === 'processor');
      expect(stdout).toMatch(/W1 {2}cpu +\d+ µs, loss agrees/);
      expect(stdout).toContain('0 with a fault');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});

describe('a workload on several ways', () => {
  const way = (name: string, loss: number, us: number): Way => ({ name, contender: { train: async () => loss, time: async () => [us] } });
  const fails = (name: string, contender: Way['contender']): Way => ({ name, contender });
  const options = { rounds: 3, seconds: 0, limitMs: 50, deadline: performance.now() + 60_000 };

  it('is saved as each way ends, with its ratio to the reference', async () => {
    const saved: number[] = [];
    const resident = { ...way('cuda', 1.0005, 100), isResident: async () => true };
    const rows = await checkWorkload(W5, { ...way('pytorch cuda', 1, 250), isTimed: true }, [resident], options, (rows) =>
      saved.push(rows.length),
    );
    expect(saved.slice(0, 2)).toEqual([1, 2]);
    expect(rows).toEqual([
      { workload: 'W5', way: 'pytorch cuda', loss: 1, medianUs: 250 },
      { workload: 'W5', way: 'cuda', loss: 1.0005, agrees: true, isResident: true, medianUs: 100, ratio: 2.5 },
    ]);
    expect(shown(rows[1])).toBe('W5  cuda            100 µs, 2.50 × PyTorch, loss agrees, state on the device');
    expect(rows.some(isFault)).toBe(false);
  });

  it('shows a loss that differs, a state that comes back, a crash and a hang, each without the others', async () => {
    const ways = [
      way('wrong', 1.002, 100),
      { ...way('copied', 1, 100), isResident: async () => false },
      fails('crashed', { train: () => Promise.reject(new Error('the process of cuda ended')), time: async () => [] }),
      fails('hung', { train: () => new Promise(() => {}), time: async () => [] }),
      way('right', 1, 100),
    ];
    const rows = await checkWorkload(W5, { ...way('processor', 1, 1), isTimed: false }, ways, options, () => {});
    expect(rows.map((row) => [row.way, isFault(row)])).toEqual([
      ['processor', false],
      ['wrong', true],
      ['copied', true],
      ['crashed', true],
      ['hung', true],
      ['right', false],
    ]);
    expect(shown(rows[1])).toContain('LOSS DIFFERS: 1.002');
    expect(shown(rows[3])).toBe('W5  crashed         FAILED: the process of cuda ended');
    expect(rows[4].failed).toBe('no answer within 0 s');
    expect(rows[5].ratio).toBeUndefined();
  });
});
