// The classes of fetch, and what of the package's insides fetch itself is made with.
const { kState } = require('undici/lib/web/fetch/symbols.js');
const { extractBody, safelyExtractBody } = require('undici/lib/web/fetch/body.js');
const { nullBodyStatus, redirectStatusSet } = require('undici/lib/web/fetch/constants.js');
const { dataURLProcessor, serializeAMimeType } = require('undici/lib/web/fetch/data-url.js');
const { FormData } = require('undici/lib/web/fetch/formdata.js');
const { Headers, HeadersList } = require('undici/lib/web/fetch/headers.js');
// Requests want what the file of responses says of bodies.
const { Response, fromInnerResponse, makeNetworkError, makeResponse } = require('undici/lib/web/fetch/response.js');
const { Request } = require('undici/lib/web/fetch/request.js');
const { buildContentRange, bytesMatch, readAllBytes, requestBadPort, sameOrigin, simpleRangeHeaderValue } = require('undici/lib/web/fetch/util.js');

module.exports = { FormData, Headers, HeadersList, Request, Response, buildContentRange, bytesMatch, dataURLProcessor, extractBody, fromInnerResponse,
  kState, makeNetworkError, makeResponse, nullBodyStatus, readAllBytes, redirectStatusSet, requestBadPort, safelyExtractBody, sameOrigin,
  serializeAMimeType, simpleRangeHeaderValue };
