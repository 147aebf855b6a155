// Terminals. What is listed here exists in Node 20, as a name and a number of parameters; make.js says how it is written and what it does.
export const readline = {
  functions: 'clearLine/3 clearScreenDown/2 createInterface/4 cursorTo/4 emitKeypressEvents/1 moveCursor/4',
  classes: {
    Interface: [4, 'Interface', 'question/3 _decoder: _line_buffer: _oldPrompt: _previousKey: _prompt: _questionCallback: _sawKeyPress: _sawReturnAt: '
      + '_setRawMode/1 _onLine/1 _writeToOutput/1 _addHistory/0 _refreshLine/0 _normalWrite/1 _insertString/1 _tabComplete/1 _wordLeft/0 '
      + '_wordRight/0 _deleteLeft/0 _deleteRight/0 _deleteWordLeft/0 _deleteWordRight/0 _deleteLineLeft/0 _deleteLineRight/0 _line/0 '
      + '_historyNext/0 _historyPrev/0 _getDisplayPos/1 _getCursorPos/0 _moveCursor/1 _ttyWrite/2'],
  },
};

export const readlinePromises = {
  functions: 'createInterface/4',
  classes: {
    Interface: [4, 'Interface', 'question/1'],
    Readline: [1, '', 'cursorTo/1 moveCursor/2 clearLine/1 clearScreenDown/0 commit/0 rollback/0'],
  },
};

export const repl = {
  functions: 'start/6 writer/1 isValidSyntax/1',
  classes: {
    REPLServer: [6, 'Interface', 'setupHistory/2 clearBufferedCommand/0 close/0 createContext/0 resetContext/0 displayPrompt/1 setPrompt/1 complete/0 '
      + 'completeOnEditorMode/1 defineCommand/2'],
    Recoverable: [1, 'SyntaxError', ''],
  },
};
