// What runs or observes code. What is listed here exists in Node 20, as a name and a number of parameters; make.js says how it is written and what it does.
export const vm = {
  functions: 'createContext/0 createScript/2 runInContext/3 runInNewContext/3 runInThisContext/2 isContext/1 compileFunction/2 measureMemory/0',
  classes: {
    Script: [1, 'ContextifyScript', 'runInThisContext/1 runInContext/2 runInNewContext/2'],
  },
};

export const v8 = {
  functions: 'cachedDataVersionTag/0 getHeapSnapshot/1 getHeapStatistics/0 getHeapSpaceStatistics/0 getHeapCodeStatistics/0 setFlagsFromString/1 '
    + 'deserialize/1 takeCoverage/0 stopCoverage/0 serialize/1 writeHeapSnapshot/2 queryObjects/1 setHeapSnapshotNearHeapLimit/1',
  classes: {
    Serializer: [0, '', 'writeHeader/0 writeValue/0 releaseBuffer/0 transferArrayBuffer/0 writeUint32/0 writeUint64/0 writeDouble/0 writeRawBytes/0 '
      + '_setTreatArrayBufferViewsAsHostObjects/0 _getDataCloneError/1'],
    Deserializer: [1, '', 'readHeader/0 readValue/0 getWireFormatVersion/0 transferArrayBuffer/0 readUint32/0 readUint64/0 readDouble/0 _readRawBytes/0 '
      + 'readRawBytes/1'],
    DefaultSerializer: [0, 'Serializer', '_writeHostObject/1'],
    DefaultDeserializer: [0, 'Deserializer', '_readHostObject/0'],
    GCProfiler: [0, '', 'start/0 stop/0'],
  },
};

export const wasi = {
  classes: {
    WASI: [0, '', 'start/1 initialize/1 getImportObject/0'],
  },
};

export const inspector = {
  functions: 'open/3 close/0 url/0 waitForDebugger/0',
  classes: {
    Session: [0, 'EventEmitter', 'connect/0 connectToMainThread/0 post/3 disconnect/0'],
  },
};

export const traceEvents = {
  functions: 'createTracing/1 getEnabledCategories/0',
};

export const domain = {
  functions: 'createDomain/0 create/0',
  classes: {
    Domain: [0, 'EventEmitter', '_errorHandler/1 enter/0 exit/0 add/1 remove/1 run/1 intercept/1 bind/1'],
  },
};
