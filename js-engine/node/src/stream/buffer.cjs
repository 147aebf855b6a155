// What the package of streams wants of `buffer`.
module.exports = { Buffer: require('../buffer.js').Buffer };
