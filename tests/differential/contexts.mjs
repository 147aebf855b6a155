// Values in JSON that a context may hold: what a handler gets, logs and hands back has to be what Node makes of the same text.
const deep = (depth, open, close) => open.repeat(depth) + '1' + close.repeat(depth);

export const contexts = [
  '{}', '[]', '""', '"a"', '0', '-0', '-1', '7', '999999999', '-999999999', '1234567890', '9007199254740993', '12345678901234567890',
  '0.1', '-0.5', '1e3', '1E+3', '25e-1', '5e-324', '123456789.125', 'true', 'false', 'null', ' \n\t\r{ "a" : [ 1 , 2 ] } \n',
  '{"a":{"b":{"c":{"d":{"e":1}}}}}', '[[[[[1]]]]]', '[[],{}]', '{"a":[],"b":{}}', '[1,2,3,4,5,6]', '[1,2,3,4,5,6,7]', '["a",null,true,1.5]',
  '{"b":1,"a":2,"10":3,"2":4}', '{"__proto__":{"x":1},"constructor":2,"toString":3}',
  '{"":1,"a b":2,"a-b":3,"é":4,"_x":5,"$":6,"9a":7,"4294967295":8,"-1":9}', '{"length":3,"then":1,"toJSON":1}',
  String.raw`"\"\\\/\b\f\n\r\t"`, String.raw`"\u00e9\u20ac\ud83d\ude00"`, String.raw`"\ud800"`, String.raw`{"\udc00":["a\ud83d","\ud83d\ude00\udfff"],"\ud801":1}`, String.raw`{"k\ney":"v\"alue"}`,
  '"é"', '"€"', '"😀"', '{"ü":"ä","€":"😀"}', `"${'x'.repeat(200)}"`, `"${'é'.repeat(200)}"`, '"\u007f"', '"\u0080\u009f"', '"it\'s"', '"\u2028"',
  `{"a":"${'x'.repeat(66)}"}`, `{"a":"${'x'.repeat(67)}"}`, `{"a":"${'x'.repeat(68)}"}`, `{"a":"${'é'.repeat(67)}"}`, `{"a":"${'€'.repeat(67)}"}`,
  `{"a":"${'😀'.repeat(33)}"}`, `{"a":"${'😀'.repeat(34)}"}`, `{"one":{"two":{"a":"${'x'.repeat(50)}","b":"${'y'.repeat(9)}"}}}`,
  `["${'x'.repeat(30)}","${'y'.repeat(30)}","z"]`, `["${'x'.repeat(30)}","${'y'.repeat(29)}","z"]`, `[["${'x'.repeat(70)}"],[{"a":[1,2]}]]`,
  deep(40, '[', ']'), deep(47, '[', ']'), deep(48, '[', ']'), deep(49, '[', ']'), deep(60, '{"a":', '}'),
];
