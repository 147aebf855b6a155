// What the package of streams wants of `process`; process.js adds the streams that a pipe must not end.
const { nextTick } = require('../timers.js');

module.exports = { nextTick, stdout: undefined, stderr: undefined };
