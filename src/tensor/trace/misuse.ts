/** How a traced tensor may be asked for its value, by the name of the tfjs method on the stack. */
const ASKED: Readonly<Record<string, string>> = {
  dataSync: 'dataSync()',
  arraySync: 'arraySync()',
  data: 'data()',
  array: 'array()',
  bytes: 'bytes()',
  bytesSync: 'bytesSync()',
  buffer: 'buffer()',
  bufferSync: 'bufferSync()',
  print: 'print()',
  toString: 'a comparison, a template string or print()',
};

/** The error for asking a tensor for its value while the function that uses it is being traced. */
export function valueOfTraced(shape: readonly number[], dtype: string): Error {
  const { asked, caller } = whoAsked();
  return new Error(
    `${caller} asks for the value of a traced tensor [${shape}] ${dtype} (${asked}), which has none yet: compile runs the function once ` +
      'to record its operations, and computes them only when the compiled function is called. To choose between tensors use ' +
      'tf.where(condition, a, b); to see the value return it from the compiled function; to branch in JavaScript split the function in two here.',
  );
}

/** The stack here, deep enough to get through tfjs, whose promises are many frames. */
function stack(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 60;
  const text = new Error().stack ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  return text;
}

/** The first frame outside tfjs and this folder, and the tfjs method it called. */
export function whoAsked(): { asked: string; caller: string } {
  let asked = 'a read';
  for (const frame of stack().split('\n').slice(1)) {
    const place = /\(?((?:file:|node:|\/|[A-Za-z]:\\|\w+:)?[^()]*:\d+:\d+)\)?$/.exec(frame.trim().replace(/^at /, ''))?.[1];
    if (!place) continue;
    const method = /at (?:async )?(?:new )?(?:[\w$]+\.)*([\w$]+)(?: \[as [\w$]+\])? \(/.exec(frame)?.[1];
    if (/@tensorflow[\\/]|[\\/]tensor[\\/]trace[\\/](?!.*\.test\.)|node:internal/.test(place)) {
      if (method && method in ASKED) asked = ASKED[method];
      continue;
    }
    return { asked, caller: place.replace(/^.* \(/, '').replace(/^file:\/\//, '') };
  }
  return { asked, caller: 'the traced function' };
}
