/**
 * Refuses to cells what a program may do to its process: to end it.
 *
 * @param supervisor the process that watches this one
 * @returns how the kernel itself ends it
 */
export function guardProcess(supervisor: number): (code: number) => void {
  const { exit, reallyExit } = process as typeof process & { reallyExit: unknown };
  const refuse = (call: string) => () => {
    throw new Error(`${call} would end the kernel and lose every variable; use Restart Kernel to begin anew`);
  };
  process.exit = refuse('process.exit');
  process.abort = refuse('process.abort');
  Object.assign(process, { reallyExit: refuse('process.reallyExit') });
  const kill = process.kill.bind(process);
  const isOwn = (pid: number) => [process.pid, -process.pid, supervisor, -supervisor, 0, -1].includes(pid);
  process.kill = (pid, signal) => (isOwn(pid) && signal !== 0 ? refuse('process.kill of the kernel itself')() : kill(pid, signal));
  return (code) => {
    Object.assign(process, { reallyExit });
    exit.call(process, code);
  };
}

/** The kernel's listeners stay when a cell removes them all. */
export function keepListening(listeners: Record<string, (argument: unknown) => void>): void {
  const keep = () => {
    for (const [event, listener] of Object.entries(listeners))
      if (!process.listeners(event as 'SIGINT').includes(listener)) process.on(event, listener);
  };
  for (const name of ['removeListener', 'off', 'removeAllListeners'] as const) {
    const remove = process[name].bind(process) as (...args: unknown[]) => NodeJS.Process;
    const removeAndKeep = (...args: unknown[]) => {
      remove(...args);
      keep();
      return process;
    };
    Object.assign(process, { [name]: removeAndKeep });
  }
  keep();
}
