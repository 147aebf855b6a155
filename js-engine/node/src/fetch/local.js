// What fetch answers without a network: data URLs and blobs. Other schemes are no errors of the author's program, but of the request.
import { isBlob, resolveObjectURL } from '../web/blob.js';
import { buildContentRange, dataURLProcessor, extractBody, makeNetworkError, makeResponse, safelyExtractBody, serializeAMimeType,
  simpleRangeHeaderValue } from './classes.cjs';

function fromData(url) {
  const data = dataURLProcessor(url);
  if (data === 'failure') return makeNetworkError('failed to fetch the data URL');
  const [body] = safelyExtractBody(data.body);
  const headersList = [['content-type', { name: 'Content-Type', value: serializeAMimeType(data.mimeType) }]];
  return makeResponse({ type: 'basic', statusText: 'OK', headersList, body });
}

function answer(blob, type, status, statusText, more = {}) {
  const [body] = extractBody(blob);
  const response = makeResponse({ type: 'basic', status, statusText, body });
  for (const [name, value] of Object.entries({ 'content-length': `${blob.size}`, 'content-type': type, ...more })) {
    response.headersList.set(name, value, true);
  }
  return response;
}

function fromBlob(request) {
  if (request.url.search.length !== 0) return makeNetworkError('NetworkError when attempting to fetch resource.');
  const blob = resolveObjectURL(request.url);
  if (request.method !== 'GET' || !isBlob(blob)) return makeNetworkError('invalid method');
  if (!request.headersList.contains('range', true)) return answer(blob, blob.type, 200, 'OK');
  const { size, type } = blob;
  const range = simpleRangeHeaderValue(request.headersList.get('range', true), true);
  if (range === 'failure') return makeNetworkError('failed to fetch the data URL');
  let { rangeStartValue: start, rangeEndValue: end } = range;
  if (start === null) {
    start = size - end;
    end = size - 1;
  } else if (start >= size) {
    return makeNetworkError("Range start is greater than the blob's size.");
  }
  end = end === null || end >= size ? size - 1 : end;
  // As in Node, whose slice ends before the last byte that was asked for.
  return answer(blob.slice(start, end, type), type, 206, 'Partial Content', { 'content-range': buildContentRange(start, end, size) });
}

export function fetchLocally(request) {
  switch (request.url.protocol) {
    case 'data:': return fromData(request.url);
    case 'blob:': return fromBlob(request);
    case 'about:': return makeNetworkError('about scheme is not supported');
    case 'file:': return makeNetworkError('not implemented... yet...');
    default: return makeNetworkError('unknown scheme');
  }
}
