// The error that Node's own modules give when a signal aborts what they do.
export class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

export const abortedBy = (signal) => new AbortError(undefined, { cause: signal.reason });
