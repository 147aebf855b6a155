// Requests to the host's service for Intl, which answers in JSON. What the host does not keep between requests, its callers here keep.
const { stringify, parse } = JSON;
// The number of this service among those that the host computes with.
const INTL = 1;
const CLASSES = { RangeError, TypeError };
const NONE = [];

// The answer's bytes. `parts` are Uint8Arrays, for long texts and lists of them.
export function askBytes(op, header, parts = NONE) {
  return askText(stringify(parts.length === 0 ? { op, ...header } : { op, ...header, parts: parts.map((part) => part.length) }), parts);
}

// The same for a header that is JSON already.
export function askText(text, parts = NONE) {
  try {
    return hb.compute(INTL, text, parts);
  } catch (error) {
    const [, name, message] = /^(\w+): (.*)$/s.exec(error.message) ?? [];
    throw name in CLASSES ? new CLASSES[name](message) : error;
  }
}

export const ask = (op, header, parts) => parse(hb.decodeUtf8(askBytes(op, header, parts)));
