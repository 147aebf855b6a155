// `Intl.Segmenter`. Where segments end is asked of the host once for a text.
import { ask } from './host.js';
import { canonicalLocales, resolveLocale } from './locales.js';
import { localeMatcher, stringOption } from './options.js';
import { laidOut, requireNew, states, strict } from './class.js';

const NAME = 'Intl.Segmenter';
const kept = states(NAME);
const texts = states('%SegmentsPrototype%');
const iterators = states('%SegmentIterator.prototype%');

// An object of `%Segments%`: the text, and the ends of its segments.
function segmentsOf(input, granularity) {
  const segments = Object.create(Segments);
  texts.set(segments, { input, granularity, ends: undefined });
  return segments;
}

function endsOf(state) {
  // Ends are asked for when somebody looks; the host sees lone surrogates as one unit as well.
  state.ends ??= state.input === '' ? [] : ask('segments', { granularity: state.granularity }, [hb.encodeUtf8(state.input.toWellFormed())]);
  return state.ends;
}

function segmentAt(state, index) {
  const { input, granularity } = state;
  const ends = endsOf(state);
  const from = index === 0 ? 0 : Math.abs(ends[index - 1]);
  const segment = { segment: input.slice(from, Math.abs(ends[index])), index: from, input };
  if (granularity === 'word') segment.isWordLike = ends[index] > 0;
  return segment;
}

const Segments = {};
const Iterator = Object.create(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
const hidden = (target, methods) => {
  for (const key of Reflect.ownKeys(methods)) Object.defineProperty(target, key, { value: methods[key], writable: true, configurable: true });
};

hidden(Segments, {
  containing(index) {
    const state = texts.get(this, 'containing');
    const at = Math.trunc(Number(index)) || 0;
    if (at < 0 || at >= state.input.length) return undefined;
    const ends = endsOf(state);
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Math.abs(ends[middle]) > at) high = middle; else low = middle + 1;
    }
    return segmentAt(state, low);
  },
  [Symbol.iterator]() {
    const state = texts.get(this, '[Symbol.iterator]');
    const iterator = Object.create(Iterator);
    iterators.set(iterator, { state, next: 0 });
    return iterator;
  },
});
Object.defineProperty(Segments[Symbol.iterator], 'name', { value: '[Symbol.iterator]', configurable: true });
hidden(Iterator, {
  next() {
    const place = iterators.get(this, 'next');
    if (place.next >= endsOf(place.state).length) return { value: undefined, done: true };
    return { value: segmentAt(place.state, place.next++), done: false };
  },
});
Object.defineProperty(Iterator, Symbol.toStringTag, { value: 'Segmenter String Iterator', configurable: true });

export const Segmenter = laidOut('Segmenter', function () {
  requireNew(new.target, 'Segmenter');
  const tags = canonicalLocales(arguments[0]);
  const options = strict(arguments[1]);
  localeMatcher(options, NAME);
  const { locale } = resolveLocale('s', tags);
  kept.set(this, { locale, granularity: stringOption(options, 'granularity', NAME, ['grapheme', 'word', 'sentence'], 'grapheme') });
}, {
  resolvedOptions() {
    const { locale, granularity } = kept.get(this, 'resolvedOptions');
    return { locale, granularity };
  },
  segment(input) {
    const { granularity } = kept.get(this, 'segment');
    return segmentsOf(`${input}`, granularity);
  },
}, 's');
