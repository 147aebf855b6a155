// The file system. What is listed here exists in Node 20, as a name and a number of parameters; make.js says how it is written and what it does.
export const fs = {
  functions: 'appendFile/4 appendFileSync/3 access/3 accessSync/2 chown/4 chownSync/3 chmod/3 chmodSync/2 close/1 closeSync/1 copyFile/4 '
    + 'copyFileSync/3 cp/4 cpSync/3 createReadStream/2 createWriteStream/2 exists/2 existsSync/1 fchown/4 fchownSync/3 fchmod/3 '
    + 'fchmodSync/2 fdatasync/2 fdatasyncSync/1 fstat/1 fstatSync/1 fsync/2 fsyncSync/1 ftruncate/1 ftruncateSync/1 futimes/4 '
    + 'futimesSync/3 lchown/4 lchownSync/3 link/3 linkSync/2 lstat/1 lstatSync/1 lutimes/4 lutimesSync/3 mkdir/3 mkdirSync/2 mkdtemp/3 '
    + 'mkdtempSync/2 open/4 openSync/3 openAsBlob/1 readdir/3 readdirSync/2 read/6 readSync/5 readv/4 readvSync/3 readFile/3 '
    + 'readFileSync/2 readlink/3 readlinkSync/2 realpath/3 realpathSync/2 rename/3 renameSync/2 rm/3 rmSync/2 rmdir/3 rmdirSync/2 stat/1 '
    + 'statfs/1 statSync/1 statfsSync/1 symlink/4 symlinkSync/3 truncate/3 truncateSync/2 unwatchFile/2 unlink/2 unlinkSync/1 utimes/4 '
    + 'utimesSync/3 watch/3 watchFile/3 writeFile/4 writeFileSync/3 write/6 writeSync/5 writev/4 writevSync/3 _toUnixTimestamp/1',
  classes: {
    Dirent: [3, '', 'isDirectory/0 isFile/0 isBlockDevice/0 isCharacterDevice/0 isSymbolicLink/0 isFIFO/0 isSocket/0'],
    Stats: [14, 'StatsBase', 'isFile/0 _checkModeProperty/1'],
    ReadStream: [2, 'Readable', 'autoClose: open/0 _construct/1 _read/1 _destroy/2 close/1 pending:'],
    WriteStream: [2, 'Writable', 'autoClose: open/0 _construct/1 _write/3 _writev/2 _destroy/2 close/1 destroySoon/3 pending:'],
    FileReadStream: [2, 'Readable', 'autoClose: open/0 _construct/1 _read/1 _destroy/2 close/1 pending:'],
    FileWriteStream: [2, 'Writable', 'autoClose: open/0 _construct/1 _write/3 _writev/2 _destroy/2 close/1 destroySoon/3 pending:'],
    Dir: [3, '', 'path: read/1 processReadResult/2 readSyncRecursive/1 readSync/0 close/1 closeSync/0 entries/0'],
  },
  values: {
    F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1,
  },
  constants: {
    UV_FS_SYMLINK_DIR: 1, UV_FS_SYMLINK_JUNCTION: 2, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, UV_DIRENT_UNKNOWN: 0, UV_DIRENT_FILE: 1,
    UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3, UV_DIRENT_FIFO: 4, UV_DIRENT_SOCKET: 5, UV_DIRENT_CHAR: 6, UV_DIRENT_BLOCK: 7,
    EXTENSIONLESS_FORMAT_JAVASCRIPT: 0, EXTENSIONLESS_FORMAT_WASM: 1, S_IFMT: 61440, S_IFREG: 32768, S_IFDIR: 16384, S_IFCHR: 8192,
    S_IFBLK: 24576, S_IFIFO: 4096, S_IFLNK: 40960, S_IFSOCK: 49152, O_CREAT: 64, O_EXCL: 128, UV_FS_O_FILEMAP: 0, O_NOCTTY: 256,
    O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536, O_NOATIME: 262144, O_NOFOLLOW: 131072, O_SYNC: 1052672, O_DSYNC: 4096,
    O_DIRECT: 16384, O_NONBLOCK: 2048, S_IRWXU: 448, S_IRUSR: 256, S_IWUSR: 128, S_IXUSR: 64, S_IRWXG: 56, S_IRGRP: 32, S_IWGRP: 16,
    S_IXGRP: 8, S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, UV_FS_COPYFILE_EXCL: 1,
    COPYFILE_EXCL: 1, UV_FS_COPYFILE_FICLONE: 2, COPYFILE_FICLONE: 2, UV_FS_COPYFILE_FICLONE_FORCE: 4, COPYFILE_FICLONE_FORCE: 4,
  },
};


export const fsPromises = {
  functions: 'access/1 copyFile/3 cp/3 open/3 opendir/3 rename/2 truncate/1 rm/2 rmdir/2 mkdir/2 readdir/2 readlink/2 symlink/3 lstat/1 stat/1 '
    + 'statfs/1 link/2 unlink/1 chmod/2 lchmod/2 lchown/3 chown/3 utimes/3 lutimes/3 realpath/2 mkdtemp/2 writeFile/3 appendFile/3 '
    + 'readFile/2 watch/1',
};
