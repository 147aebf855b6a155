// Processes and threads. What is listed here exists in Node 20, as a name and a number of parameters; make.js says how it is written and what it does.
export const childProcess = {
  functions: '_forkChild/2 exec/3 execFile/4 execFileSync/3 execSync/2 fork/1 spawn/3 spawnSync/3',
  classes: {
    ChildProcess: [0, 'EventEmitter', 'spawn/1 kill/1 ref/0 unref/0'],
  },
};

export const cluster = {
  functions: 'setupPrimary/1 setupMaster/1 fork/1 disconnect/1',
  classes: {
    Worker: [1, 'EventEmitter', 'kill/0 send/0 isDead/0 isConnected/0 disconnect/0 destroy/1'],
  },
  values: {
    _eventsCount: 0, isWorker: false, isMaster: true, isPrimary: true, SCHED_NONE: 1, SCHED_RR: 2, schedulingPolicy: 2,
  },
};

export const workerThreads = {
  functions: 'MessageChannel/0 markAsUntransferable/1 moveMessagePortToContext/0 receiveMessageOnPort/1 postMessageToThread/4 '
    + 'setEnvironmentData/2 getEnvironmentData/1',
  classes: {
    MessagePort: [0, 'NodeEventTarget', 'postMessage/0 start/0 ref/0 unref/0 hasRef/0 onmessage: onmessageerror: close/1'],
    Worker: [1, 'EventEmitter', 'postMessage/0 terminate/1 ref/0 unref/0 threadId: stdin: stdout: stderr: resourceLimits: getHeapSnapshot/1'],
    BroadcastChannel: [1, 'EventTarget', 'name: close/0 postMessage/1 ref/0 unref/0 onmessage: onmessageerror:'],
  },
  values: {
    isMainThread: true, threadId: 0,
  },
};
