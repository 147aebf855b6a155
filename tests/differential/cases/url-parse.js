// Addresses put together from parts that parsers disagree on.
let seed=11; const rnd=(n)=>{seed=(seed*1103515245+12345)&0x7fffffff;return (seed>>8)%n}; const pick=(a)=>a[rnd(a.length)];
const U=(u)=>[u.href,u.origin,u.protocol,u.username,u.password,u.host,u.hostname,u.port,u.pathname,u.search,u.hash].join(' ¦ ');
const SCH=['http:','https:','HTTP:','ws:','wss:','ftp:','file:','foo:','data:','mailto:','javascript:','blob:','non-special:','a+b-c.1:','1a:','','//','about:'];
const SL=['','/','//','///','\\','\\\\','/\\','\\/'];
const HOST=['example.com','EXAMPLE.com','','a','[::1]','[1:2::3]','[::ffff:1.2.3.4]','[1:2:3:4:5:6:7:8:9]','[::1','1.2.3.4','0x7f.1','256.256.256.256','1.2.3','0x','1e2.3','09','4294967295','4294967296','a..b','a.','.','..','xn--bcher-kva','xn--a','bücher.de','①②.com','faß.de','☃.net','a b','a%20b','a%41b','%zz','a_b','-a-','中国','a\u00adb','\u200d','ａ.com','a<b','a|b','a^b','a%00','a\tb','localhost','LOCALHOST','h#','C:','c|','①','נ1','a\u0300','xn--ls8h.la','💩.la','ex.com.','user','[v1.a]','[1.2.3.4]','[::1.2.3]','a@b'];
const AUTH=['','','','u@','u:p@','u:@',':p@','@','u:p:q@','ü:%zz@','a@b@','u%40:p%3A@','[u]:{p}@'];
const PORT=['','','',':',':80',':443',':0',':65535',':65536',':8a',':00080',':-1',': 80'];
const PATH=['','/','/a','/a/b','/a/../b','/./a','/..','/a/./','/%2e/b','/%2E%2e/c','/a/.%2e','/a b','/ü','/a\\b','/C:','/C|/x','/%','/%zz','/a;b=c','/a//b','/"<>`{}|^~\'','/\u0000','/a\tb','a/b','//a','/.//a','\ud800','/[x]','/a:b','/@'];
const Q=['','','?','?a=b','?a b','?ü','?"<>\'#','?%zz','?a=1&b=2','?\\','?{}|^`','?\ud800'];
const H=['','','#','#a','#a b','#ü','#"<>`{}','#%zz','##','#\ud800'];
for(let i=0;i<1500;i++){const s=pick(SCH)+pick(SL)+pick(AUTH)+pick(HOST)+pick(PORT)+pick(PATH)+pick(Q)+pick(H); if (!/^file:[\\/]*u:p/i.test(s)) t('U '+JSON.stringify(s),()=>U(new URL(s)));}
