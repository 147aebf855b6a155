// Packages copy whatever built-in there is, and this one is not there: a hook has no threads. It is taken away again once
// they are loaded.
globalThis.Atomics ??= {};
