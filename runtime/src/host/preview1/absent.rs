//! The calls of preview 1 about files, sockets and signals. They are linked so that any guest loads, and answer with an error.

use wasmtime::{AsContextMut, FuncType, Linker, Val, ValType};

use super::errno::Errno::{self, Badf, Nosys, Notcapable, Notsock, Spipe};
use crate::execution::{CallState, settle};
use crate::host::PREVIEW1;

/// Name, parameters (`i` 32 bits, `I` 64 bits) and answer.
const ABSENT: &[(&str, &str, Errno)] = &[
    ("fd_advise", "iIIi", Badf),
    ("fd_allocate", "iII", Badf),
    ("fd_close", "i", Badf),
    ("fd_datasync", "i", Badf),
    ("fd_fdstat_set_flags", "ii", Badf),
    ("fd_fdstat_set_rights", "iII", Badf),
    ("fd_filestat_get", "ii", Badf),
    ("fd_filestat_set_size", "iI", Badf),
    ("fd_filestat_set_times", "iIIi", Badf),
    ("fd_pread", "iiiIi", Spipe),
    ("fd_prestat_get", "ii", Badf),
    ("fd_prestat_dir_name", "iii", Badf),
    ("fd_pwrite", "iiiIi", Spipe),
    ("fd_readdir", "iiiIi", Badf),
    ("fd_renumber", "ii", Badf),
    ("fd_seek", "iIii", Spipe),
    ("fd_sync", "i", Badf),
    ("fd_tell", "ii", Spipe),
    ("path_create_directory", "iii", Notcapable),
    ("path_filestat_get", "iiiii", Notcapable),
    ("path_filestat_set_times", "iiiiIIi", Notcapable),
    ("path_link", "iiiiiii", Notcapable),
    ("path_open", "iiiiiIIii", Notcapable),
    ("path_readlink", "iiiiii", Notcapable),
    ("path_remove_directory", "iii", Notcapable),
    ("path_rename", "iiiiii", Notcapable),
    ("path_symlink", "iiiii", Notcapable),
    ("path_unlink_file", "iii", Notcapable),
    ("proc_raise", "i", Nosys),
    ("sock_accept", "iii", Notsock),
    ("sock_recv", "iiiiii", Notsock),
    ("sock_send", "iiiii", Notsock),
    ("sock_shutdown", "ii", Notsock),
];

pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    for (name, params, errno) in ABSENT {
        let params = params.chars().map(|c| if c == 'I' { ValType::I64 } else { ValType::I32 });
        let ty = FuncType::new(linker.engine(), params, [ValType::I32]);
        let errno = *errno as i32;
        linker.func_new_async(PREVIEW1, name, ty, move |mut caller, _, results| {
            Box::new(async move {
                results.iter_mut().for_each(|result| *result = Val::I32(errno));
                settle(&mut caller.as_context_mut(), 0).await
            })
        })?;
    }
    Ok(())
}
