module.exports = [
  { username: 'michelle@example.com', password: 'Pa55word!' },
  { username: 'isaac@example.com', password: 'other-Pa55' },
];
