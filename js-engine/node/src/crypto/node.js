export const cryptoModule = {};
