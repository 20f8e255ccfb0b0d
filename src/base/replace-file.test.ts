import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile, replaceFolder } from './replace-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lemmata-replace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('replaceFile', () => {
  it('writes text, or pieces of bytes, and makes the folders', () => {
    const file = join(folder, 'a', 'b', 'c.txt');
    replaceFile(file, 'first');
    expect(readFileSync(file, 'utf8')).toBe('first');
    replaceFile(file, [Buffer.from('sec'), Buffer.from('ond')]);
    expect(readFileSync(file, 'utf8')).toBe('second');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c.txt']);
  });

  it('leaves the old file, and no draft, when the new one cannot be written', () => {
    const file = join(folder, 'c.txt');
    replaceFile(file, 'first');
    expect(() => replaceFile(file, [Buffer.from('half'), {} as Uint8Array])).toThrow();
    expect(readFileSync(file, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['c.txt']);
  });

  it('clears away the drafts of processes that were killed, and no others', () => {
    const dead = spawnSync(process.execPath, ['--eval', '']).pid;
    const drafts = [`c.txt.${dead}.0123abcd.part`, `c.txt.${process.pid}.0123abcd.part`, `d.txt.${dead}.0123abcd.part`];
    for (const name of drafts) writeFileSync(join(folder, name), 'half');
    replaceFile(join(folder, 'c.txt'), 'whole');
    expect(readdirSync(folder).sort()).toEqual(['c.txt', drafts[1], drafts[2]].sort());
  });
});

describe('replaceFolder', () => {
  const charts = () => join(folder, 'charts');
  const fillWith = (name: string) => (draft: string) => {
    writeFileSync(join(draft, name), '');
    return name;
  };

  it('has what was made and nothing of before', () => {
    mkdirSync(charts());
    writeFileSync(join(charts(), 'old'), '');
    expect(replaceFolder(charts(), fillWith('new'))).toBe('new');
    expect(readdirSync(charts())).toEqual(['new']);
    replaceFolder(charts(), () => {});
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps what was there when the making fails', () => {
    replaceFolder(charts(), fillWith('old'));
    const failing = (draft: string) => {
      fillWith('half')(draft);
      throw new Error('the pen broke');
    };
    expect(() => replaceFolder(charts(), failing)).toThrow('the pen broke');
    expect(existsSync(join(charts(), 'old'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['charts']);
  });
});
