// What the packages that hash passwords answer, by name of the check: run on Node with the packages of npm by vectors.mjs, and in the engine
// with its own. What is random is not told.
const shown = (value) => {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (Buffer.isBuffer(value)) return `Buffer ${value.toString('hex')}`;
  return value === undefined ? 'undefined' : value;
};
const tried = (call) => { try { return shown(call()); } catch (error) { return `throws ${shown(error)}`; } };
const awaited = async (call) => { try { return shown(await call()); } catch (error) { return `rejects ${shown(error)}`; } };
const called = (call) => new Promise((resolve) => {
  let returned = 'nothing yet';
  const thrown = tried(() => { returned = call((...given) => resolve([shown(returned), ...given.map(shown)])); });
  if (thrown !== 'undefined') resolve(thrown);
});

const LETTERS = 'abcdefghijklmnopqrstuv';
const long = (length) => Array.from({ length }, (_, at) => String.fromCharCode(97 + ((at * 7) % 26))).join('');
const PASSWORDS = {
  empty: '', usual: 'password', accents: 'é€😀', zero: 'a\0b', 'zero first': '\0', 'half a pair': 'a\ud83db', 'other half': '\udc00',
  71: long(71), 72: long(72), 73: long(73), 'letter across 72': `${long(71)}é`, 'pair across 72': `${long(71)}😀b`,
  254: long(254), 255: long(255), 256: long(256), 300: long(300),
};
const SALTS = ['$2a$04$', '$2b$04$', '$2y$04$', '$2$04$', '$2b$05$'].map((prefix) => prefix + LETTERS);
const ODD_SALTS = [
  '', '$', '$2', '$2b', '$2b$', '$2b$04', '$2b$04$', 'x', `$1b$04$${LETTERS}`, `$3b$04$${LETTERS}`, `$2x$04$${LETTERS}`, `$2b$03$${LETTERS}`,
  `$2b$00$${LETTERS}`, `$2b$32$${LETTERS}`, `$2b$99$${LETTERS}`, `$2b$4$${LETTERS}`, `$2b$004$${LETTERS}`, `$2b$04$${LETTERS.slice(1)}`,
  `$2b$04$${LETTERS}wxyz`, `$2b$04$${LETTERS}\0`, `$2b$04$abc\0${LETTERS}`, `$2b04$${LETTERS}`, `2b$04$${LETTERS}`,
];

const hashes = {
  matching: '$2b$04$abcdefghijklmnopqrstuumOZsWJkQXy8R0BgOFjVfSJB.KJGPu4S',
  jbcrypt: '$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.',
  short: '$2b$04$abcdefghijklmnopqrstuu',
};
const GIVEN = [undefined, null, 5, true, {}, ['a'], 'text', Buffer.from('text'), new Uint8Array([116])];

async function shared(bcrypt, passwords, out) {
  for (const [name, password] of passwords) for (const salt of SALTS) out[`hashSync ${name} ${salt.slice(0, 7)}`] = tried(() => bcrypt.hashSync(password, salt));
  for (const salt of ODD_SALTS) {
    out[`salt ${JSON.stringify(salt)}`] = tried(() => bcrypt.hashSync('password', salt));
    out[`salt later ${JSON.stringify(salt)}`] = await called((done) => bcrypt.hash('password', salt, done));
    out[`rounds of ${JSON.stringify(salt)}`] = tried(() => String(bcrypt.getRounds(salt)));
  }
  for (const [name, hash] of Object.entries(hashes)) for (const password of ['password', '', 'other']) out[`compareSync ${name} ${password}`] = tried(() => bcrypt.compareSync(password, hash));
  const own = bcrypt.hashSync('password', SALTS[1]);
  for (const text of [own, `${own}x`, `${own}\0x`, own.slice(0, 59), `${own.slice(0, 59)}.`, own.replace('$2b$', '$2y$'), own.replace('$2b$', '$2a$'), own.replace('04', ' 4'), own.replace('04', '+4')]) {
    out[`compare ${JSON.stringify(text)}`] = [tried(() => bcrypt.compareSync('password', text)), await awaited(() => bcrypt.compare('password', text))];
  }
  for (const rounds of [undefined, 0, 1, 4, 9, 10, 31, 32, -1, NaN, 4.7, 256, 261, '8', null, {}]) {
    out[`genSaltSync ${shown(rounds)}`] = tried(() => bcrypt.genSaltSync(rounds).slice(0, 7));
    out[`genSalt ${shown(rounds)}`] = await awaited(() => bcrypt.genSalt(rounds).then((salt) => [salt.slice(0, 7), salt.length]));
  }
  for (const first of GIVEN) for (const second of GIVEN) {
    if ((typeof second === 'number' || second === undefined) && (typeof first === 'string' || Buffer.isBuffer(first))) continue;
    const name = `${tried(() => JSON.stringify(first))} ${tried(() => JSON.stringify(second))}`;
    out[`arguments ${name}`] = [tried(() => bcrypt.hashSync(first, second)), tried(() => bcrypt.compareSync(first, second)), await awaited(() => bcrypt.hash(first, second)), await awaited(() => bcrypt.compare(first, second)), await called((done) => bcrypt.hash(first, second, done)), await called((done) => bcrypt.compare(first, second, done))];
  }
  for (const given of GIVEN) out[`rounds and callback ${tried(() => JSON.stringify(given))}`] = [tried(() => bcrypt.getRounds(given)), given ? await awaited(() => bcrypt.hash('a', SALTS[0], given)) : 0, given ? await awaited(() => bcrypt.compare('a', own, given)) : 0];
  out['later'] = [
    await called((done) => bcrypt.hash('password', SALTS[0], done)), await called((done) => bcrypt.compare('password', own, done)), await called((done) => bcrypt.compare('other', own, done)),
    await awaited(() => bcrypt.hash('password', SALTS[0])), await awaited(async () => bcrypt.compareSync('password', await bcrypt.hash('password', 4))), await awaited(async () => (await bcrypt.hash('password', 5)).slice(0, 7)),
    bcrypt.compareSync('password', bcrypt.hashSync('password', 4)), await called((done) => bcrypt.genSalt((error, salt) => done(error, salt.slice(0, 7)))),
    await called((done) => bcrypt.genSalt(5, (error, salt) => done(error, salt.slice(0, 7)))), await called((done) => bcrypt.genSalt(6, undefined, (error, salt) => done(error, salt.slice(0, 7)))),
  ];
  const order = [];
  await Promise.all([
    new Promise((resolve) => { bcrypt.hash('a', SALTS[0], () => resolve(order.push('hash'))); }), Promise.resolve().then(() => order.push('promise')),
    new Promise((resolve) => { process.nextTick(() => resolve(order.push('tick'))); }), order.push('sync'),
  ]);
  out['order'] = order;
  out['names'] = Object.keys(bcrypt).sort();
}

async function bcrypt(package, out) {
  for (const [name, value] of Object.entries(package)) out[`function ${name}`] = [value.name, value.length];
  for (const [name, password] of Object.entries(PASSWORDS)) out[`buffer ${name}`] = tried(() => package.hashSync(Buffer.from(password), SALTS[1]));
  out['buffer compared'] = [package.compareSync(Buffer.from('é'), package.hashSync('é', SALTS[0])), await package.compare(Buffer.from([0xff]), package.hashSync(Buffer.from([0xff]), SALTS[1]))];
  for (const minor of ['a', 'b', 'y', '', 5, null]) out[`minor ${minor}`] = [tried(() => package.genSaltSync(5, minor).slice(0, 7)), await awaited(async () => (await package.genSalt(5, minor)).slice(0, 7)), await called((done) => package.genSalt(5, minor, (error, salt) => done(error, salt?.slice(0, 7))))];
  out['callbacks in odd places'] = [await called((done) => package.hash(done)), await called((done) => package.hash('a', done)), await called((done) => package.compare(done)), await called((done) => package.compare('a', done)), await called((done) => package.genSalt('x', done))];
}

async function bcryptjs(package, out) {
  for (const length of [-1, 0, 1, 2, 3, 4, 16, 17]) {
    const bytes = Array.from({ length: 16 }, (_, at) => at * 31);
    out[`encodeBase64 ${length}`] = tried(() => package.encodeBase64(bytes, length));
    for (const text of ['', 'a', 'ab', 'abc', 'abcd', LETTERS, 'ab!d', 'abc!', '!bcd', 'abcdé']) out[`decodeBase64 ${text} ${length}`] = tried(() => package.decodeBase64(text, length));
  }
  for (const salt of [`$2b$04$${LETTERS.slice(1)}é`, `$2b$xx$${LETTERS}`, `$2b$1x$${LETTERS}`, `$2b$04$${LETTERS.slice(4)}!bcd`, `$2b$04$${LETTERS.slice(4)}abc!`, `$2b$04$abc!${LETTERS}`]) out[`odd ${salt}`] = [tried(() => package.hashSync('password', salt)), await called((done) => package.hash('password', salt, done))];
  for (const given of [...GIVEN, package.hashSync('a', SALTS[1])]) out[`getSalt ${tried(() => JSON.stringify(given))}`] = tried(() => package.getSalt(given));
  for (const password of [...Object.values(PASSWORDS), undefined, 5]) out[`truncates ${JSON.stringify(password)}`] = package.truncates ? tried(() => package.truncates(password)) : 'not there';
  out['fallback'] = tried(() => package.setRandomFallback((length) => Array(length).fill(1)));
  const own = `${package.hashSync('a', SALTS[3])}x`;
  out['a letter more'] = [own.length, package.compareSync('a', own), await package.compare('a', own)];
  const seen = [];
  const answer = await called((done) => package.hash('a', SALTS[1], done, (progress) => seen.push(progress)));
  const whether = await called((done) => package.compare('a', package.hashSync('a', 4), (...given) => { seen.push('answer'); done(...given); }, (progress) => seen.push(progress)));
  out['progress'] = [answer, whether, seen, await awaited(() => package.hash('a', SALTS[1], undefined, (progress) => seen.push(progress))), seen.length];
}

async function argon2(package, out) {
  const salt = Buffer.from('saltsaltsaltsalt');
  const small = { salt, memoryCost: 32, timeCost: 2, parallelism: 2, hashLength: 16 };
  out['names'] = Object.entries(package).map(([name, value]) => (typeof value === 'function' ? [name, value.name, value.length, value.constructor.name] : [name, value]));
  for (const [name, password] of Object.entries(PASSWORDS)) out[`hash ${name}`] = await awaited(() => package.hash(password, small));
  for (const type of [0, 1, 2]) for (const version of [0x10, 0x13]) for (const [memoryCost, timeCost, parallelism] of [[8, 1, 1], [9, 3, 1], [67, 2, 4], [300, 1, 3]]) {
    out[`hash ${type} ${version} ${memoryCost} ${timeCost} ${parallelism}`] = await awaited(() => package.hash('password', { ...small, type, version, memoryCost, timeCost, parallelism }));
  }
  const options = {
    raw: { raw: true }, secret: { secret: Buffer.from('pepper') }, 'secret of no bytes': { secret: Buffer.alloc(0) }, data: { associatedData: Buffer.from('data+/?') },
    both: { secret: Buffer.from('pepper'), associatedData: Buffer.alloc(32, 7), raw: true }, 'hash of 4': { hashLength: 4 }, 'hash of 3': { hashLength: 3 }, 'hash of 64': { hashLength: 64 }, 'hash of 65': { hashLength: 65 }, 'hash of 300': { hashLength: 300 },
    'salt of 7': { salt: Buffer.alloc(7) }, 'salt of 8': { salt: Buffer.alloc(8) }, 'salt of 40': { salt: Buffer.alloc(40, 5) }, 'bytes as salt': { salt: new Uint8Array(16) }, 'bytes as salt, raw': { salt: new Uint8Array(16), raw: true }, 'text as salt': { salt: 'saltsaltsalt' },
    'no memory': { memoryCost: 7 }, 'too little memory': { memoryCost: 15 }, 'no time': { timeCost: 0 }, 'no lanes': { parallelism: 0 }, 'type 3': { type: 3 }, 'huge hash': { hashLength: 2 ** 32 }, 'huge memory': { memoryCost: 2 ** 32 }, 'huge time': { timeCost: 2 ** 32 }, 'huge lanes': { parallelism: 2 ** 24 },
    'text as numbers': { memoryCost: '32', timeCost: '2', parallelism: '2' }, fractions: { memoryCost: 32.9, timeCost: 2.5 },
  };
  for (const [name, given] of Object.entries(options)) out[`option ${name}`] = await awaited(() => package.hash('password', { ...small, ...given }));
  for (const given of [undefined, null, 5, {}, Buffer.from('password'), new Uint8Array([1, 2]), ['a']]) out[`password ${tried(() => JSON.stringify(given))}`] = await awaited(() => package.hash(given, small));
  const digest = await package.hash('password', small);
  const data = await package.hash('password', { ...small, associatedData: Buffer.from('data'), secret: Buffer.from('pepper') });
  const older = await package.hash('password', { ...small, version: 0x10 });
  const digests = [
    digest, digest.replace('argon2id', 'argon2i'), data, older, older.replace('v=16$', ''), digest.replace('v=19$', ''), `${digest}=`, digest.slice(0, -3), digest.replace('t=2', 't=3'), digest.replace('m=32,', ''), digest.replace('p=2', 'p=x'), '', 'x', '$', '$argon2id', '$argon2id$v=19',
    '$bcrypt$v=19$m=32,p=2,t=2$c2FsdHNhbHQ$aGFzaA', '$argon2id$v=19$m=32,p=2,t=2$c2FsdHNhbHQ', '$ARGON2id$v=19$m=32,p=2,t=2$c2FsdHNhbHQ$aGFzaA', '$argon2id$v=19$m$c2FsdHNhbHQ$aGFzaA', '$argon2id$v=19$M=32$c2FsdHNhbHQ$aGFzaA', '$argon2id$v=19$m=3_2$c2FsdHNhbHQ$aGFzaA', `${digest}$x$y`, '$argon2id$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA', undefined, 5,
  ];
  for (const text of digests) {
    out[`verify ${text}`] = [await awaited(() => package.verify(text, 'password')), await awaited(() => package.verify(text, 'other')), await awaited(() => package.verify(text, Buffer.from('password'), { secret: Buffer.from('pepper') }))];
    out[`needsRehash ${text}`] = [tried(() => package.needsRehash(text)), tried(() => package.needsRehash(text, small)), tried(() => package.needsRehash(text, { ...small, version: 0x10 }))];
  }
  out['random salt'] = await awaited(async () => { const text = await package.hash('password', { ...small, salt: undefined }); return [text.length, await package.verify(text, 'password')]; });
  const order = [];
  await Promise.all([package.hash('a', small).then(() => order.push('hash')), new Promise((resolve) => { process.nextTick(() => resolve(order.push('tick'))); }), Promise.resolve().then(() => order.push('promise'))]);
  out['order'] = order;
}

// The answers of one package.
module.exports = async (name, package) => {
  const out = {};
  if (name === 'argon2') {
    await argon2(package, out);
  } else {
    // The older one does not come back from half a pair.
    const passwords = Object.entries(PASSWORDS).filter(([each]) => name !== 'bcryptjs@2' || !/half/.test(each));
    await shared(package, passwords, out);
    await (name === 'bcrypt' ? bcrypt : bcryptjs)(package, out);
  }
  return JSON.parse(JSON.stringify(out));
};
