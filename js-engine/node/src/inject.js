// What npm packages take for globals.
export { process } from './process.js';
