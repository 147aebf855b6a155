// `performance`: a clock, and marks and measures on it. What Node measures of itself is not there to be measured.
import { coded, invalidArgType, invalidThis, missingArgs, validateFunction, validateObject } from '../errors.js';
import { EventTarget } from '../events/target.js';
import { expose } from '../expose.js';
import { refuser } from '../unavailable.js';
import { customInspect, shown, webClass } from './classes.js';
import { DOMException } from './dom-exception.js';

const key = Symbol('made here');
const now = () => hb.monotonic() / 1000;
const illegal = () => coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
const entries = [];
const observers = new Set();

class PerformanceEntry {
  #fields;
  constructor(made = undefined, fields = undefined) {
    if (made !== key) throw illegal();
    this.#fields = fields;
  }
  get name() { return this.#fields.name; }
  get entryType() { return this.#fields.entryType; }
  get startTime() { return this.#fields.startTime; }
  get duration() { return this.#fields.duration; }
  toJSON() {
    const { name, entryType, startTime, duration } = this;
    return { name, entryType, startTime, duration };
  }
  [customInspect](depth, options, inspect) {
    return shown(this, this.constructor.name, this.toJSON(), depth, options, inspect);
  }
}
for (const name of ['name', 'entryType', 'startTime', 'duration', 'toJSON']) Object.defineProperty(PerformanceEntry.prototype, name, { enumerable: true });

class PerformanceMark extends PerformanceEntry {
  #detail;
  constructor(name, options = undefined) {
    if (arguments.length === 0) throw missingArgs('name');
    if (options !== undefined && options !== null) validateObject(options, 'options');
    const { startTime = now(), detail = null } = options ?? {};
    if (typeof startTime !== 'number') throw invalidArgType('startTime', 'number', startTime);
    if (startTime < 0) throw coded(TypeError, 'ERR_PERFORMANCE_INVALID_TIMESTAMP', `${startTime} is not a valid timestamp`);
    super(key, { name: `${name}`, entryType: 'mark', startTime, duration: 0 });
    this.#detail = detail === null ? null : structuredClone(detail);
  }
  get detail() { return this.#detail; }
  toJSON() { return { ...super.toJSON(), detail: this.#detail }; }
}
webClass(PerformanceMark, ['detail']);

class PerformanceMeasure extends PerformanceEntry {
  #detail;
  constructor(made = undefined, fields = undefined) {
    super(made, fields);
    this.#detail = fields.detail ?? null;
  }
  get detail() { return this.#detail; }
  toJSON() { return { ...super.toJSON(), detail: this.#detail }; }
}
webClass(PerformanceMeasure, ['detail']);

class PerformanceResourceTiming extends PerformanceEntry {}
webClass(PerformanceResourceTiming);

const chosen = (list, name, type) => list.filter((each) => (name === undefined || each.name === name) && (type === undefined || each.entryType === type));

class PerformanceObserverEntryList {
  #list;
  constructor(made = undefined, list = undefined) {
    if (made !== key) throw illegal();
    this.#list = list;
  }
  getEntries() { return [...this.#list]; }
  getEntriesByType(type) { return chosen(this.#list, undefined, `${type}`); }
  getEntriesByName(name, type = undefined) { return chosen(this.#list, `${name}`, type); }
}
webClass(PerformanceObserverEntryList, ['getEntries', 'getEntriesByType', 'getEntriesByName']);

class PerformanceObserver {
  #callback;
  #types = new Set();
  #seen = [];
  constructor(callback) {
    validateFunction(callback, 'callback');
    this.#callback = callback;
  }
  observe(options = {}) {
    validateObject(options, 'options');
    const { entryTypes, type, buffered } = options;
    if (entryTypes === undefined && type === undefined) throw missingArgs(['options.entryTypes', 'options.type']);
    for (const each of entryTypes ?? [type]) this.#types.add(each);
    observers.add(this);
    if (buffered) for (const each of entries) this.#take(each);
  }
  disconnect() {
    this.#types.clear();
    this.#seen = [];
    observers.delete(this);
  }
  takeRecords() { return this.#seen.splice(0); }
  #take(entry) {
    if (!this.#types.has(entry.entryType)) return;
    if (this.#seen.push(entry) > 1) return;
    setImmediate(() => {
      const list = new PerformanceObserverEntryList(key, this.takeRecords());
      if (list.getEntries().length > 0) Reflect.apply(this.#callback, this, [list, this]);
    });
  }
  static tell(entry) {
    for (const each of observers) each.#take(entry);
  }
  static get supportedEntryTypes() { return ['function', 'gc', 'mark', 'measure', 'net', 'resource']; }
}
const { tell } = PerformanceObserver;
delete PerformanceObserver.tell;
webClass(PerformanceObserver, ['observe', 'disconnect', 'takeRecords']);

function keep(entry) {
  entries.push(entry);
  entries.sort((a, b) => a.startTime - b.startTime);
  tell(entry);
  return entry;
}

function timeOf(mark) {
  if (mark === undefined) return undefined;
  if (typeof mark === 'number') return mark;
  const found = entries.findLast((each) => each.entryType === 'mark' && each.name === `${mark}`);
  if (found === undefined) throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
  return found.startTime;
}

function clear(type, name) {
  for (let at = entries.length - 1; at >= 0; at--) {
    if (entries[at].entryType === type && (name === undefined || entries[at].name === `${name}`)) entries.splice(at, 1);
  }
}

class Performance extends EventTarget {
  constructor(made = undefined) {
    if (made !== key) throw illegal();
    super();
  }
  get timeOrigin() {
    if (!(this instanceof Performance)) throw invalidThis('Performance');
    return (hb.wallClock() - hb.monotonic()) / 1000;
  }
  now() { return now(); }
  mark(name, options = {}) {
    if (arguments.length === 0) throw missingArgs('name');
    return keep(new PerformanceMark(name, options));
  }
  measure(name, startOrMeasureOptions = {}, endMark = undefined) {
    if (typeof name !== 'string') throw invalidArgType('name', 'string', name);
    const options = startOrMeasureOptions !== null && typeof startOrMeasureOptions === 'object' ? startOrMeasureOptions : { start: startOrMeasureOptions };
    const { start, end = endMark, duration, detail } = options;
    const finish = end !== undefined ? timeOf(end) : start !== undefined && duration !== undefined ? timeOf(start) + duration : now();
    const from = start !== undefined ? timeOf(start) : end !== undefined && duration !== undefined ? timeOf(end) - duration : 0;
    return keep(new PerformanceMeasure(key, { name, entryType: 'measure', startTime: from, duration: finish - from, detail: structuredClone(detail) }));
  }
  clearMarks(name = undefined) { clear('mark', name); }
  clearMeasures(name = undefined) { clear('measure', name); }
  clearResourceTimings() {}
  setResourceTimingBufferSize(size) {}
  getEntries() { return [...entries]; }
  getEntriesByName(name, type = undefined) { return chosen(entries, `${name}`, type); }
  getEntriesByType(type) { return chosen(entries, undefined, `${type}`); }
  timerify(fn) {
    validateFunction(fn, 'fn');
    return fn;
  }
  eventLoopUtilization(util1, util2) { return { idle: 0, active: 0, utilization: 0 }; }
  toJSON() { return { timeOrigin: this.timeOrigin, eventLoopUtilization: this.eventLoopUtilization() }; }
  [customInspect](depth, options, inspect) {
    return shown(this, 'Performance', { timeOrigin: this.timeOrigin }, depth, options, inspect);
  }
}
webClass(Performance, ['timeOrigin', 'now', 'mark', 'measure', 'clearMarks', 'clearMeasures', 'clearResourceTimings', 'getEntries', 'getEntriesByName',
  'getEntriesByType', 'setResourceTimingBufferSize', 'toJSON']);
Object.defineProperty(Performance.prototype.getEntriesByName, 'length', { value: 1 });

const performance = new Performance(key);
const classes = { Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList, PerformanceResourceTiming };
expose(classes);

const GC = { NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8, NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0, NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2, NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8, NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32, NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64 };
export { performance };
export const perfHooksModule = { ...classes, monitorEventLoopDelay: refuser('perf_hooks.monitorEventLoopDelay', 'monitorEventLoopDelay'),
  createHistogram: refuser('perf_hooks.createHistogram', 'createHistogram'), performance, constants: GC };
