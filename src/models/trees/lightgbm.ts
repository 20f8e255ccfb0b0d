import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import { packageRoot } from '../../base/internal.js';

/** A handle of the library's, or where it writes one. */
type Handle = unknown;
type Out<T> = [T | null];

/** The part of LightGBM's C API that is called (its c_api.h); each returns 0, or −1 where `lastError` says why. */
export interface LightGbm {
  createDataset(
    data: Float64Array,
    type: number,
    rows: number,
    cols: number,
    rowMajor: number,
    parameters: string,
    like: Handle,
    out: Out<Handle>,
  ): number;
  setField(dataset: Handle, name: string, data: Float32Array, count: number, type: number): number;
  freeDataset(dataset: Handle): number;
  createBooster(dataset: Handle, parameters: string, out: Out<Handle>): number;
  addValidation(booster: Handle, dataset: Handle): number;
  updateOnce(booster: Handle, finished: Out<number>): number;
  evaluate(booster: Handle, which: number, count: Out<number>, values: Float64Array): number;
  saveToText(
    booster: Handle,
    from: number,
    rounds: number,
    importance: number,
    size: number,
    needed: Out<number>,
    text: Uint8Array,
  ): number;
  loadFromText(text: string, rounds: Out<number>, out: Out<Handle>): number;
  features(booster: Handle, count: Out<number>): number;
  predict(
    booster: Handle,
    data: Float64Array,
    type: number,
    rows: number,
    cols: number,
    rowMajor: number,
    what: number,
    from: number,
    rounds: number,
    parameters: string,
    count: Out<number>,
    values: Float64Array,
  ): number;
  freeBooster(booster: Handle): number;
  lastError(): string;
}

/** `C_API_DTYPE_FLOAT32` and `C_API_DTYPE_FLOAT64`. */
export const [FLOAT32, FLOAT64] = [0, 1];

const libraries = new Map<string, LightGbm>();

/**
 * The library, opened once per folder and process: of LEMMATA_LIGHTGBM, or else where set-up puts it.
 *
 * @throws when it is not there, or does not load, as where the system has no OpenMP
 */
export function lightGbm(): LightGbm {
  const folder = process.env.LEMMATA_LIGHTGBM ?? join(packageRoot, '.lemmata', 'lightgbm', 'lightgbm', 'lib');
  const opened = libraries.get(folder) ?? open(folder);
  libraries.set(folder, opened);
  return opened;
}

function open(folder: string): LightGbm {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // as a folder without it
  }
  const name = names.find((name) => /^lib_lightgbm\.(so|dylib|dll)$/.test(name));
  if (!name)
    throw new Error(
      `boosted trees: ${folder} has no lib_lightgbm; run node scripts/bootstrap.mjs lightgbm in a checkout of Lemmata, or set LEMMATA_LIGHTGBM to the folder lightgbm/lib of the Python package lightgbm 4.7`,
    );
  try {
    return bind(koffi.load(join(folder, name)));
  } catch (error) {
    throw new Error(
      `boosted trees: ${join(folder, name)} cannot be used: ${(error as Error).message}; LightGBM needs OpenMP: sudo apt install libgomp1 (Debian, Ubuntu) or brew install libomp (macOS)`,
    );
  }
}

function bind(library: LibraryHandle): LightGbm {
  const silent = koffi.proto('void lemmata_lightgbm_log(const char *message)');
  // It prints to the output of the process, into cells and results, unless someone else listens; errors come by `lastError`.
  library.func('int LGBM_RegisterLogCallback(lemmata_lightgbm_log *callback)')(koffi.register(() => {}, koffi.pointer(silent)));
  const func = (signature: string) => library.func(`int LGBM_${signature}`);
  return {
    createDataset: func(
      'DatasetCreateFromMat(const void *data, int type, int32_t rows, int32_t cols, int rowMajor, str parameters, void *like, _Out_ void **out)',
    ),
    setField: func('DatasetSetField(void *dataset, str name, const void *data, int count, int type)'),
    freeDataset: func('DatasetFree(void *dataset)'),
    createBooster: func('BoosterCreate(void *dataset, str parameters, _Out_ void **out)'),
    addValidation: func('BoosterAddValidData(void *booster, void *dataset)'),
    updateOnce: func('BoosterUpdateOneIter(void *booster, _Out_ int *finished)'),
    evaluate: func('BoosterGetEval(void *booster, int which, _Out_ int *count, void *values)'),
    saveToText: func(
      'BoosterSaveModelToString(void *booster, int from, int rounds, int importance, int64_t size, _Out_ int64_t *needed, void *text)',
    ),
    loadFromText: func('BoosterLoadModelFromString(str text, _Out_ int *rounds, _Out_ void **out)'),
    features: func('BoosterGetNumFeature(void *booster, _Out_ int *count)'),
    predict: func(
      'BoosterPredictForMat(void *booster, const void *data, int type, int32_t rows, int32_t cols, int rowMajor, int what, int from, int rounds, str parameters, _Out_ int64_t *count, void *values)',
    ),
    freeBooster: func('BoosterFree(void *booster)'),
    lastError: library.func('str LGBM_GetLastError()') as LightGbm['lastError'],
  } as LightGbm;
}
