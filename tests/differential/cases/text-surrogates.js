// Halves of surrogate pairs wherever text becomes bytes, and wherever it does not.
const halves = ['\ud800', '\udc00', 'a\ud800b', '\ud800\ud800\udc00', '\udc00\ud800', 'é\udfff', '😀\ud83d'];
for (const text of halves) {
  const label = JSON.stringify(text);
  t(`encode ${label}`, () => new TextEncoder().encode(text));
  t(`encodeInto ${label}`, () => { const b = new Uint8Array(12); return [new TextEncoder().encodeInto(text, b), b]; });
  t(`buffer ${label}`, () => [Buffer.from(text), Buffer.byteLength(text), Buffer.from(text, 'utf16le'), Buffer.from(text, 'latin1')]);
  t(`hash ${label}`, () => require('crypto').createHash('sha256').update(text).digest('hex'));
  t(`hmac ${label}`, () => require('crypto').createHmac('sha256', text).update(text).digest('hex'));
  t(`json ${label}`, () => [JSON.stringify(text), JSON.parse(JSON.stringify(text)) === text, JSON.stringify({ [text]: text })]);
  t(`uri ${label}`, () => [encodeURI('x'), new URLSearchParams([[text, text]]).toString(), new URL(`http://a/${text}?${text}#${text}`).href]);
  t(`formed ${label}`, () => [text.isWellFormed(), text.toWellFormed(), require('util').toUSVString(text)]);
  t(`inspect ${label}`, () => require('util').inspect([text, { [text]: 1 }]));
  t(`units ${label}`, () => [text.length, [...text].map((char) => char.codePointAt(0))]);
}
return halves;
