//! The files that a JavaScript function is made of beside its main one: packages, and the author's own. Whoever has them says where a name leads
//! and what is in a file; what was compiled of them beforehand is kept here.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::FunctionDigest;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A CommonJS module.
    CommonJs,
    /// An ES module.
    Module,
    /// JSON.
    Json,
    /// Machine code for Node, which cannot run.
    Addon,
}

impl Form {
    /// The letter for it in requests and answers.
    pub(crate) fn letter(self) -> u8 {
        match self {
            Self::CommonJs => b'c',
            Self::Module => b'm',
            Self::Json => b'j',
            Self::Addon => b'a',
        }
    }

    /// Whether it is compiled before it runs.
    pub(crate) fn is_code(self) -> bool {
        matches!(self, Self::CommonJs | Self::Module)
    }
}

/// Which of Node's two ways asks for a file: their rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asks {
    /// `require`.
    Require,
    /// `import`.
    Import,
}

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// To a file, by its path from `/` on.
    File(String, Form),
    /// To a module of the engine's own.
    BuiltIn(String),
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A file of so many bytes.
    File(u64),
    /// A folder with these names in it; those of folders end in `/`.
    Folder(Vec<String>),
}

/// Why a name leads nowhere, with Node's code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct NoLead {
    /// `MODULE_NOT_FOUND`, `ERR_PACKAGE_PATH_NOT_EXPORTED` and so on.
    pub code: &'static str,
    /// What Node says.
    pub message: String,
}

/// A function's files. Calls may read a disk; they are made on threads that may block.
pub trait Modules: fmt::Debug + Send + Sync {
    /// Where a name leads from a file.
    ///
    /// # Errors
    /// When it leads nowhere.
    fn resolve(&self, from: &str, name: &str, asks: Asks) -> Result<Lead, NoLead>;

    /// What a file is, and its content; `None` where there is none.
    fn read(&self, path: &str) -> Option<(Form, Bytes)>;

    /// What is at a path, if anything.
    fn look(&self, path: &str) -> Option<Node>;

    /// Tells the files apart from all others.
    fn digest(&self) -> FunctionDigest;

    /// Files that will probably be asked for and are not the author's own: they are compiled when the function is deployed, and their text is
    /// not kept.
    fn expected(&self) -> Vec<(String, Form)>;
}

/// Finds what was compiled and kept under a name.
type Find = Box<dyn Fn(FunctionDigest) -> Option<Vec<u8>> + Send + Sync>;

/// A function's files, and what was compiled of them.
pub(crate) struct Linked {
    modules: Arc<dyn Modules>,
    compiled: BTreeMap<String, FunctionDigest>,
    find: Find,
}

/// A file as it is handed to a function.
pub(crate) struct Content {
    pub(crate) form: Form,
    pub(crate) compiled: bool,
    pub(crate) bytes: Bytes,
}

impl Linked {
    pub(crate) fn new(modules: Arc<dyn Modules>, compiled: BTreeMap<String, FunctionDigest>, find: Find) -> Self {
        Self { modules, compiled, find }
    }

    /// Under which names files are kept compiled, by their paths.
    pub(crate) fn compiled(&self) -> &BTreeMap<String, FunctionDigest> {
        &self.compiled
    }

    pub(crate) fn modules(&self) -> &dyn Modules {
        &*self.modules
    }

    /// The content of a file: what was compiled of it, unless that is gone, else its text.
    pub(crate) fn read(&self, path: &str) -> Option<Content> {
        if let Some(code) = self.compiled.get(path).and_then(|name| (self.find)(*name))
            && let Some((form, code)) = code.split_first()
        {
            let form = if *form == Form::Module.letter() { Form::Module } else { Form::CommonJs };
            return Some(Content { form, compiled: true, bytes: Bytes::copy_from_slice(code) });
        }
        let (form, bytes) = self.modules.read(path)?;
        Some(Content { form, compiled: false, bytes })
    }
}

impl fmt::Debug for Linked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linked").field("modules", &self.modules).field("compiled", &self.compiled.len()).finish_non_exhaustive()
    }
}
