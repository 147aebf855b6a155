// What differs between the Nodes that a hook can believe to run on, apart from what their modules export.

// V8, the version of the binary interface, and the name of the long-term line.
const LINES = {
  12: ['7.8.279.23-node.57', '72', 'Erbium'],
  13: ['7.9.317.25-node.30', '79'],
  14: ['8.4.371.23-node.88', '83', 'Fermium'],
  15: ['8.6.395.17-node.29', '88'],
  16: ['9.4.146.26-node.26', '93', 'Gallium'],
  17: ['9.6.180.15-node.16', '102'],
  18: ['10.2.154.26-node.36', '108', 'Hydrogen'],
  19: ['10.8.168.25-node.13', '111'],
  20: ['11.3.244.8-node.33', '115', 'Iron'],
  21: ['11.8.172.17-node.20', '120'],
  22: ['12.4.254.21-node.33', '127', 'Jod'],
  23: ['12.9.202.28-node.14', '131'],
  24: ['13.6.233.10-node.28', '137', 'Krypton'],
};

export const majorOf = (version) => Number(/^v(\d+)/.exec(version)?.[1] ?? 20);

export function versionsOf(version) {
  const [v8, modules] = LINES[majorOf(version)] ?? LINES[24];
  const all = { node: version.slice(1), uv: '1.46.0', zlib: '1.3.0.1-motley', brotli: '1.1.0', v8, modules, napi: '9', openssl: '3.0.16', unicode: '15.0' };
  return Object.defineProperties({}, Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value, enumerable: true }])));
}

export function releaseOf(version) {
  const lts = LINES[majorOf(version)]?.[2];
  const base = `https://nodejs.org/download/release/${version}/node-${version}`;
  return { name: 'node', ...(lts === undefined ? {} : { lts }), sourceUrl: `${base}.tar.gz`, headersUrl: `${base}-headers.tar.gz` };
}
