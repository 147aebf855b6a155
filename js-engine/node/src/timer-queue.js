// The timers that are set, as a heap: the one that is due first is on top and, among those due together, the oldest. Setting and taking out
// one costs the logarithm of their number, since an author may set thousands.
//
// Each is the state of a timer: `due`, a time, is its owner's, while `order` and `at` are the queue's.

const heap = [];
let orders = 0;

const before = (one, other) => one.due < other.due || (one.due === other.due && one.order < other.order);

export const first = () => heap[0];
export const anyOf = (holds) => heap.some(holds);

export function postpone(by) {
  for (const state of heap) state.due += by;
}

export function add(state) {
  state.order = ++orders;
  up(state, heap.length);
}

export function remove(state) {
  const { at } = state;
  if (heap[at] !== state) return;
  state.at = -1;
  const last = heap.pop();
  if (last === state) return;
  // It takes the free place, and goes where it belongs from there.
  if (at > 0 && before(last, heap[(at - 1) >> 1])) up(last, at);
  else down(last, at);
}

function up(state, from) {
  let at = from;
  while (at > 0) {
    const above = heap[(at - 1) >> 1];
    if (before(above, state)) break;
    heap[at] = above;
    above.at = at;
    at = (at - 1) >> 1;
  }
  heap[at] = state;
  state.at = at;
}

function down(state, from) {
  let at = from;
  for (let below = 2 * at + 1; below < heap.length; below = 2 * at + 1) {
    if (below + 1 < heap.length && before(heap[below + 1], heap[below])) below++;
    const other = heap[below];
    if (before(state, other)) break;
    heap[at] = other;
    other.at = at;
    at = below;
  }
  heap[at] = state;
  state.at = at;
}
