import { readFileSync } from 'node:fs';
import type { Runtime, Debugger as V8 } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { expressionFor, NAMES } from './expression.js';
import { HASH_SEED, PREFIX, Sources, SUFFIX, stopAt } from './sources.js';
import { GROUP, shown, type Variable, Variables } from './variables.js';

type Body = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: what a front end sends
type Arguments = any;
type Handler = (args: Arguments) => unknown;

const THREAD = 1;
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
/** Steps do not enter Node, packages and this library. */
const FOREIGN = ['^node:', '/node_modules/', `^${new URL('../..', import.meta.url).href.replace(/[.+?^$()[\]{}|\\]/g, '\\$&')}`];
/** What a cell's JavaScript has beside the reader's own names. */
const isOurs = (name: string) => /^\$(kernel|interrupted|m\d+)$|\$0+$|^(require|arguments|this)$/.test(name);

/**
 * The Debug Adapter Protocol, as Jupyter's front ends speak it, over V8's inspector. It runs in the server's thread and stops the
 * notebook's; every answer speaks of the cells' TypeScript.
 *
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#debug-request
 */
export class DebugAdapter {
  readonly #send: (event: Body) => void;
  readonly #sources = new Sources();
  /** path → lines, from 0 */
  readonly #breakpoints = new Map<string, number[]>();
  readonly #set = new Map<string, string[]>();
  readonly #urls = new Map<string, string>();
  #session: Session | undefined;
  #variables: Variables | undefined;
  #frames: V8.CallFrame[] = [];
  #sequence = 0;

  constructor(send: (event: Body) => void) {
    this.#send = send;
  }

  async answer({ seq, command, arguments: args }: Arguments): Promise<Body> {
    const reply = { type: 'response', request_seq: seq, command, seq: ++this.#sequence };
    try {
      const handler = this.#handlers[command];
      if (!handler) throw new Error(`the debugger has no command '${command}'`);
      return { ...reply, success: true, body: (await handler(args ?? {})) ?? {} };
    } catch (error) {
      return { ...reply, success: false, message: (error as Error).message, body: {} };
    }
  }

  /** A cell is about to run: its breakpoints wait for its script. */
  async prepare(id: string, code: string, sourceMap: string): Promise<void> {
    this.#sources.ran(id, code, sourceMap);
    if (!this.#session) return;
    await this.#session.post('Debugger.setBreakpointsActive', { active: true });
    await this.#setAll(this.#sources.add(code));
  }

  /** Lets a stopped program go on to its interrupt or its end, past all breakpoints. */
  async release(): Promise<void> {
    if (!this.#frames.length) return;
    await this.#session?.post('Debugger.setBreakpointsActive', { active: false });
    await this.#session?.post('Debugger.resume');
  }

  async stop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#frames = [];
    this.#set.clear();
    if (!session) return;
    await session.post('Debugger.disable');
    session.disconnect();
  }

  readonly #handlers: Record<string, Handler> = {
    debugInfo: () => ({
      isStarted: this.#session !== undefined,
      hashMethod: 'Murmur2',
      hashSeed: HASH_SEED,
      tmpFilePrefix: PREFIX,
      tmpFileSuffix: SUFFIX,
      breakpoints: [...this.#breakpoints].map(([source, lines]) => ({ source, breakpoints: lines.map((line) => ({ line: line + 1 })) })),
      stoppedThreads: this.#frames.length ? [THREAD] : [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: false,
    }),
    initialize: async () => {
      await this.#start();
      setImmediate(() => this.#event('initialized', {}));
      return {
        supportsConfigurationDoneRequest: true,
        supportsEvaluateForHovers: true,
        exceptionBreakpointFilters: [
          { filter: 'uncaught', label: 'Errors that nothing catches', default: false },
          { filter: 'all', label: 'All errors', default: false },
        ],
      };
    },
    attach: () => {},
    configurationDone: () => {},
    dumpCell: ({ code }) => ({ sourcePath: this.#sources.add(code) }),
    setBreakpoints: async ({ source: { path }, breakpoints }) => {
      const text = this.#sources.text(path);
      const wanted: (number | undefined)[] = breakpoints.map(({ line }: { line: number }) =>
        text === undefined ? line - 1 : stopAt(text, line - 1),
      );
      this.#breakpoints.set(path, [...new Set(wanted.filter((line) => line !== undefined))]);
      if (this.#session) await this.#setAll(path);
      return {
        breakpoints: wanted.map((line, id) =>
          line === undefined
            ? { id, verified: false, message: 'no statement starts here or below' }
            : { id, verified: true, line: line + 1, source: { path } },
        ),
      };
    },
    setExceptionBreakpoints: async ({ filters }) => {
      const state = filters.includes('all') ? 'all' : filters.includes('uncaught') ? 'uncaught' : 'none';
      await this.#running().post('Debugger.setPauseOnExceptions', { state });
    },
    threads: () => ({ threads: [{ id: THREAD, name: 'notebook' }] }),
    stackTrace: () => {
      const stackFrames = this.#frames.flatMap((frame, id) => this.#describe(frame, id));
      return { stackFrames, totalFrames: stackFrames.length };
    },
    // A front end may still ask for what it showed before the program went on: that is empty, and no error.
    scopes: async ({ frameId }) => {
      const chain = this.#frames[frameId]?.scopeChain ?? [];
      const scopes: Body[] = [];
      const add = (name: string, objectId: string) =>
        scopes.push({ name, variablesReference: this.#opened().reference(objectId), expensive: false });
      for (const { type, object } of chain)
        if (type !== 'global' && type !== 'module' && (await this.#inside(object.objectId!)).length)
          add(SCOPES[type] ?? type, object.objectId!);
      if (chain.length) add('Notebook', (await this.#evaluate(NAMES)).objectId!);
      return { scopes };
    },
    variables: async ({ variablesReference }) => {
      const objectId = this.#opened().object(variablesReference);
      return { variables: objectId ? await this.#inside(objectId) : [] };
    },
    inspectVariables: async () => ({ variables: await this.#globals() }),
    richInspectVariables: async ({ variableName, frameId }) => {
      if (this.#frames.length) return { data: { 'text/plain': shown(await this.#evaluateAt(variableName, frameId ?? 0)) }, metadata: {} };
      const code = `globalThis[Symbol.for('lemmata.cell')][0].show(${JSON.stringify(variableName)})`;
      const { result, exceptionDetails } = await this.#running().post('Runtime.evaluate', {
        expression: code,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return { data: result.value, metadata: {} };
    },
    evaluate: async ({ expression, frameId }) => {
      const value = this.#frames.length
        ? await this.#evaluateAt(expression, frameId ?? 0)
        : await this.#evaluate(expressionFor(expression, await this.#isNotebooks(new Set())));
      const { value: result, type, variablesReference } = this.#opened().of('', value);
      return { result, type, variablesReference };
    },
    source: ({ source: { path } }) => ({ content: this.#sources.text(path) ?? readFileSync(path, 'utf8'), mimeType: 'text/typescript' }),
    modules: () => ({ modules: [], totalModules: 0 }),
    pause: () => this.#running().post('Debugger.pause'),
    continue: () => this.#running().post('Debugger.resume'),
    next: () => this.#running().post('Debugger.stepOver'),
    stepIn: () => this.#running().post('Debugger.stepInto'),
    stepOut: () => this.#running().post('Debugger.stepOut'),
    disconnect: () => this.stop(),
    terminate: () => this.stop(),
  };

  async #start(): Promise<void> {
    if (this.#session) return;
    const session = new Session();
    session.connectToMainThread();
    this.#session = session;
    this.#variables = new Variables(session);
    session.on('Debugger.scriptParsed', ({ params }) => this.#urls.set(params.scriptId, params.url));
    session.on('Debugger.paused', ({ params }) => this.#paused(params));
    session.on('Debugger.resumed', () => {
      this.#frames = [];
      this.#variables?.clear();
      this.#event('continued', { threadId: THREAD, allThreadsContinued: true });
    });
    await session.post('Debugger.enable');
    await session.post('Debugger.setBlackboxPatterns', { patterns: FOREIGN });
    for (const path of this.#breakpoints.keys()) await this.#setAll(path);
  }

  #paused({ callFrames, reason, hitBreakpoints }: V8.PausedEventDataType): void {
    this.#frames = callFrames;
    // A step that left the cell: the kernel's own code is nobody's business.
    if (!callFrames.some((frame, id) => this.#describe(frame, id).length)) {
      this.#session?.post('Debugger.resume');
      return;
    }
    const why = hitBreakpoints?.length ? 'breakpoint' : reason === 'exception' || reason === 'promiseRejection' ? 'exception' : 'step';
    this.#event('stopped', { reason: why, threadId: THREAD, allThreadsStopped: true });
  }

  /** Sets the breakpoints of a cell's text in each script that was made from it. */
  async #setAll(path: string): Promise<void> {
    const session = this.#running();
    for (const breakpointId of this.#set.get(path) ?? []) await session.post('Debugger.removeBreakpoint', { breakpointId });
    const set: string[] = [];
    for (const line of this.#breakpoints.get(path) ?? [])
      for (const script of this.#sources.scriptsOf(path, line)) {
        const { breakpointId } = await session.post('Debugger.setBreakpointByUrl', { url: script.id, lineNumber: script.line });
        set.push(breakpointId);
      }
    this.#set.set(path, set);
  }

  /** A frame of a cell or of the reader's own modules; none of others. */
  #describe(frame: V8.CallFrame, id: number): Body[] {
    const { scriptId, lineNumber, columnNumber = 0 } = frame.location;
    const url = this.#urls.get(scriptId) ?? '';
    const name = frame.functionName === '$cell' ? 'cell' : frame.functionName || '(anonymous)';
    const place = this.#sources.placeOf(url, lineNumber, columnNumber);
    if (place) return [{ id, name, line: place.line + 1, column: place.column + 1, source: { path: place.path } }];
    if (!url.startsWith('file:') || url.includes('/node_modules/')) return [];
    const path = fileURLToPath(url.replace(/[?#].*$/, ''));
    return path.startsWith(PACKAGE) ? [] : [{ id, name, line: lineNumber + 1, column: columnNumber + 1, source: { path } }];
  }

  async #globals(): Promise<Variable[]> {
    await this.#start();
    if (!this.#frames.length) this.#opened().clear();
    const names = await this.#evaluate(NAMES);
    return this.#inside(names.objectId!);
  }

  /** V8 forgets a frame's objects when the program goes on. */
  #inside = (objectId: string): Promise<Variable[]> =>
    this.#opened()
      .inside(objectId, isReaders)
      .catch(() => []);

  async #evaluate(expression: string): Promise<Runtime.RemoteObject> {
    return valueIn(await this.#running().post('Runtime.evaluate', { expression, generatePreview: true, objectGroup: GROUP }));
  }

  async #evaluateAt(code: string, frameId: number): Promise<Runtime.RemoteObject> {
    const frame = this.#frame(frameId);
    const local = new Set<string>();
    for (const { type, object } of frame.scopeChain)
      if (type !== 'global') for (const { name } of await this.#opened().inside(object.objectId!)) local.add(name);
    const expression = expressionFor(code, await this.#isNotebooks(local));
    return valueIn(
      await this.#running().post('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, expression, generatePreview: true }),
    );
  }

  async #isNotebooks(hidden: ReadonlySet<string>): Promise<(name: string) => boolean> {
    const { value } = (await this.#running().post('Runtime.evaluate', { expression: `Object.keys(${NAMES})`, returnByValue: true })).result;
    const names = new Set<string>(value);
    return (name) => names.has(name) && !hidden.has(name);
  }

  #frame(id: number): V8.CallFrame {
    const frame = this.#frames[id];
    if (!frame) throw new Error('the program is not stopped there any more');
    return frame;
  }

  #running(): Session {
    if (!this.#session) throw new Error('the debugger is not started; send initialize first');
    return this.#session;
  }

  #opened(): Variables {
    this.#running();
    return this.#variables!;
  }

  #event(event: string, body: Body): void {
    this.#send({ type: 'event', event, seq: ++this.#sequence, body });
  }
}

const SCOPES: Record<string, string> = { local: 'Local', block: 'Block', closure: 'Closure', catch: 'Catch', script: 'Script' };

const isReaders = (name: string) => !isOurs(name);

function valueIn({
  result,
  exceptionDetails,
}: {
  result: Runtime.RemoteObject;
  exceptionDetails?: Runtime.ExceptionDetails;
}): Runtime.RemoteObject {
  if (exceptionDetails) throw new Error((exceptionDetails.exception?.description ?? exceptionDetails.text).split('\n')[0]);
  return result;
}
