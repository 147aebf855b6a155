// Makes vectors.json: what checks.js gets from the packages of npm, on Node. They are installed in a folder each, whose names are those of
// the built-in packages:
//
//     for name in bcrypt@6.0.0 bcryptjs@3.0.3 bcryptjs@2.4.3 argon2@0.45.1; do mkdir -p peers/$name; npm install --prefix peers/$name $name; done
//     node vectors.mjs peers
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGES = { bcrypt: 'bcrypt@6.0.0', bcryptjs: 'bcryptjs@3.0.3', 'bcryptjs@2': 'bcryptjs@2.4.3', argon2: 'argon2@0.45.1' };
const checks = createRequire(import.meta.url)('./checks.js');
const peers = resolve(process.argv[2]);
const vectors = {};
for (const [name, folder] of Object.entries(PACKAGES)) {
  const package_ = createRequire(join(peers, folder, 'index.js'))(name.split('@')[0]);
  vectors[name] = await checks(name, package_);
}
writeFileSync(join(import.meta.dirname, 'vectors.json'), `${JSON.stringify(vectors, null, 1)}\n`);
