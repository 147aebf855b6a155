// Packages of npm that hash passwords, which interpreted would take seconds: the host computes. They are there for functions that name them
// among their packages; where a name leads is the host's to say.
import { argon2 } from './argon2.js';
import { bcrypt } from './bcrypt.js';
import { bcryptjs, bcryptjs2 } from './bcryptjs.js';

export const packages = { argon2, bcrypt, bcryptjs, 'bcryptjs@2': bcryptjs2 };
