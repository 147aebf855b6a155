/** `require('os')`: values that say nothing of the machine. */

declare module 'os' {
  export const EOL: '\n';
  export function platform(): string;
  export function type(): string;
  export function arch(): string;
  export function release(): string;
  export function hostname(): string;
  export function homedir(): string;
  export function tmpdir(): string;
  export function endianness(): 'LE';
  export function uptime(): number;
  export function totalmem(): number;
  export function freemem(): number;
  export function loadavg(): number[];
  export function cpus(): unknown[];
  export function networkInterfaces(): Record<string, unknown>;
}

declare module 'node:os' {
  export * from 'os';
}
