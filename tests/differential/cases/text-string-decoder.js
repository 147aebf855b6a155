// StringDecoder: bytes of every encoding in pieces.
const {StringDecoder}=require('string_decoder');
for (const v of [undefined,null,'','nope',5,'UTF8','Utf-16LE','binary','ucs2','BASE64URL','ascii',{},true]) t('new '+String(v&&typeof v==='symbol'?'s':v),()=>{const d=new StringDecoder(v);return d.encoding+d.lastNeed+d.lastTotal});
for (const v of [undefined,null,5,'str',[],new Uint16Array([0x4142]),new DataView(new ArrayBuffer(1)),new ArrayBuffer(2),Buffer.from('ab')]) t('w '+Object.prototype.toString.call(v),()=>new StringDecoder().write(v));
for (const v of [undefined,null,5,'str',[],Buffer.from('ab')]) t('e '+Object.prototype.toString.call(v),()=>new StringDecoder().end(v));
let seed=7; const rnd=(n)=>{seed=(seed*1103515245+12345)&0x7fffffff;return (seed>>8)%n};
const pool=[0x41,0xe2,0x82,0xac,0xf0,0x9f,0x98,0x80,0xc3,0xa9,0xff,0xed,0xa0,0xc0,0xf5,0xd8,0xdc,0x3d,0x00,0xe0,0xf4,0x90,0xf8];
for (const enc of ['utf8','utf16le','base64','base64url','hex','latin1']) for (let k=0;k<(enc==='utf8'||enc==='utf16le'?150:20);k++){ const parts=[];for(let i=rnd(5)+1;i>0;i--){const p=[];for(let j=rnd(5);j>=0;j--)p.push(pool[rnd(pool.length)]);parts.push(p)}
 t(enc+' '+parts.map(p=>Buffer.from(p).toString('hex')).join(' '),()=>{const d=new StringDecoder(enc);const r=[];for(const p of parts){r.push(d.write(Buffer.from(p)),d.lastNeed,d.lastTotal)};r.push(d.end());r.push(d.lastNeed,d.lastTotal);r.push(d.write(Buffer.from('xy')),d.end());return escape(JSON.stringify(r))});}
t('names',()=>[StringDecoder.name,StringDecoder.length,Object.keys(StringDecoder.prototype),StringDecoder.prototype.write.name,StringDecoder.prototype.write.length,StringDecoder.prototype.end.length,new StringDecoder().constructor.name].join());
t('insp',()=>Object.keys(new StringDecoder()).join()); t('this',()=>StringDecoder.prototype.write.call({},Buffer.from('a')));t('lastChar',()=>{const d=new StringDecoder();d.write(Buffer.from([0xe2,0x82]));return d.lastChar.toString('hex')});
