/**
 * What a hook finds without importing it, and the built-in modules it can `require`, as far as hooks have a use for them. What there is not
 * is not declared: no `document`, no files, no packages. Neither are the modules that exist so that bundled libraries
 * load (`stream`, `fs`, `http`, ...).
 *
 * It stands in place of `@types/node` and of TypeScript's `dom` library; with either of them in the same project the names collide.
 */

/// <reference path="./globals/commonjs.d.ts" />
/// <reference path="./globals/console.d.ts" />
/// <reference path="./globals/process.d.ts" />
/// <reference path="./globals/timers.d.ts" />
/// <reference path="./globals/text.d.ts" />
/// <reference path="./globals/url.d.ts" />
/// <reference path="./globals/events.d.ts" />
/// <reference path="./globals/buffer.d.ts" />
/// <reference path="./globals/crypto.d.ts" />
/// <reference path="./globals/performance.d.ts" />
/// <reference path="./globals/streams.d.ts" />
/// <reference path="./globals/blob.d.ts" />
/// <reference path="./globals/fetch.d.ts" />
/// <reference path="./modules/assert.d.ts" />
/// <reference path="./modules/async_hooks.d.ts" />
/// <reference path="./modules/buffer.d.ts" />
/// <reference path="./modules/crypto.d.ts" />
/// <reference path="./modules/events.d.ts" />
/// <reference path="./modules/hookbox.d.ts" />
/// <reference path="./modules/os.d.ts" />
/// <reference path="./modules/path.d.ts" />
/// <reference path="./modules/perf_hooks.d.ts" />
/// <reference path="./modules/querystring.d.ts" />
/// <reference path="./modules/string_decoder.d.ts" />
/// <reference path="./modules/timers.d.ts" />
/// <reference path="./modules/url.d.ts" />
/// <reference path="./modules/util.d.ts" />
