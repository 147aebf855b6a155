// Paths of both kinds, put together from parts.
const path=require('path'); process.cwd=()=>'/cw/d'; 
let seed=5; const rnd=(n)=>{seed=(seed*1103515245+12345)&0x7fffffff;return (seed>>8)%n}; const pick=(a)=>a[rnd(a.length)];
const PP=['/','//','a','b','..','.','a.txt','.b','c.','...','/','x y','.a.b','é',''];
const WP=['\\','/','\\\\','//','a','b','..','.','C:','c:','D:','a.txt','.b','c.','?','server','share','con','COM1',':','x:y','\\\\?\\','\\\\.\\','UNC',''];
const gen=(P)=>{let s='';for(let i=rnd(7);i>=0;i--)s+=pick(P);return s};
for (const [n,p,P] of [['p',path.posix,PP],['w',path.win32,WP]]) for(let i=0;i<500;i++){const a=gen(P),b=gen(P),c=gen(P);
 t(n+' norm '+a,()=>p.normalize(a));t(n+' join '+[a,b,c],()=>p.join(a,b,c)); if(n==='p'||i%2)t(n+' dir '+a,()=>p.dirname(a));t(n+' base '+a,()=>p.basename(a)+'|'+p.basename(a,'.txt')+'|'+p.basename(a,'b'));t(n+' parse '+a,()=>JSON.stringify(p.parse(a))+p.extname(a)+p.isAbsolute(a));
 if(n==='p'){t('p res '+[a,b,c],()=>p.resolve(a,b,c));t('p rel '+[a,b],()=>p.relative(a,b));t('p fmt '+a,()=>p.format(p.parse(a)))}
 else {t('w res '+[a,b,c],()=>p.resolve('C:\\w',a,b,c));if (!a.startsWith(':'))t('w rel '+[a,b],()=>p.relative(p.resolve('C:\\w',a),p.resolve('C:\\w',b)));t('w ns '+a,()=>p.toNamespacedPath(p.resolve('C:\\w',a)));t('w fmt '+a,()=>p.format(p.parse(a)))}}
for (const v of [undefined,null,5,{},[],true,()=>1]) for (const m of ['resolve','normalize','isAbsolute','join','relative','toNamespacedPath','dirname','basename','extname','format','parse']) for (const n of ['posix','win32']) {t(n+m+String(v&&typeof v),()=>{const r=path[n][m](v);return typeof r==='string'?r:JSON.stringify(r)});t(n+m+'2'+String(v&&typeof v),()=>{const r=path[n][m]('a',v);return typeof r==='string'?r:JSON.stringify(r)})}
for (const o of [{ext:'txt'},{ext:'.txt'},{name:'a',ext:'b'},{base:'x',name:'y'},{dir:'/d'},{root:'/',base:'b'},{root:'/r',dir:'/r',base:'b'},{dir:'d',root:'r',name:'n'},{}]) for (const n of ['posix','win32']) t('fmt'+JSON.stringify(o),()=>path[n].format(o));
for (const m of Object.keys(path)) t('meta '+m,()=>typeof path[m]==='function'?path[m].name+path[m].length+path.win32[m].name+path.win32[m].length:String(path[m]).slice(0,3));
for (const [p,g] of [['a/b','a/*'],['a/b/c','a/**'],['a.js','*.{js,ts}'],['a','?'],['.a','*'],['a/b','A/B'],['x[1]','x[[]1]'],['a','!(b)'],['abc','+(a|b|c)'],['a/.b/c','**/c']]) t('glob '+p+' '+g,()=>path.matchesGlob?path.posix.matchesGlob(p,g)+''+path.win32.matchesGlob(p,g):'');
