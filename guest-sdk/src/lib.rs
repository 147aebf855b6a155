//! What the author of a WebAssembly hook imports.
