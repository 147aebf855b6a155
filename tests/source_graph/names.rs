//! The modules of a crate, and where what a path in one of them names is defined.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Meta, UseTree, Visibility};

/// The modules of one crate, the root first.
pub(super) struct Crate {
    pub(super) modules: Vec<Module>,
    /// The macros that the crate's root offers wherever they are defined, with the module that defines each.
    exported_macros: BTreeMap<String, usize>,
}

/// One module, without what is for tests.
pub(super) struct Module {
    /// Its file, relative to the root's folder.
    pub(super) file: PathBuf,
    /// All of its items but modules.
    pub(super) items: Vec<Item>,
    parent: usize,
    children: BTreeMap<String, usize>,
    defined: BTreeSet<String>,
    imports: Vec<Import>,
}

/// A name, or everything (`None`), that a `use` brings in.
pub(super) struct Import {
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
}

/// What a path leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// An item that this module defines.
    Item(usize),
    /// A module itself.
    Module(usize),
}

impl Crate {
    pub(super) fn read(root: &Path) -> Self {
        let mut krate = Self { modules: Vec::new(), exported_macros: BTreeMap::new() };
        let folder = root.parent().unwrap();
        krate.add_file(root, folder, folder, 0);
        krate
    }

    fn add_file(&mut self, path: &Path, root: &Path, children: &Path, parent: usize) -> usize {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = path.strip_prefix(root).unwrap().to_owned();
        self.add_module(file, parsed.items, root, children, parent)
    }

    fn add_module(&mut self, file: PathBuf, items: Vec<Item>, root: &Path, folder: &Path, parent: usize) -> usize {
        let id = self.modules.len();
        let (modules, items): (Vec<Item>, Vec<Item>) =
            items.into_iter().filter(|item| !is_for_tests(attributes(item))).partition(|item| matches!(item, Item::Mod(_)));
        let mut collector = Collector::default();
        items.iter().for_each(|item| collector.visit_item(item));
        self.exported_macros.extend(collector.exported_macros.into_iter().map(|name| (name, id)));
        let (defined, imports) = (collector.defined, collector.imports);
        self.modules.push(Module { file: file.clone(), items, parent, children: BTreeMap::new(), defined, imports });
        for module in modules {
            let Item::Mod(ItemMod { ident, content, attrs, .. }) = module else { continue };
            assert!(attrs.iter().all(|attribute| !attribute.path().is_ident("path")), "{}: #[path] is not followed", file.display());
            let name = ident.to_string();
            let inside = folder.join(&name);
            let child = match content {
                Some((_, items)) => self.add_module(file.clone(), items, root, &inside, id),
                None => {
                    let candidates = [inside.with_extension("rs"), inside.join("mod.rs")];
                    let path = candidates.iter().find(|path| path.exists()).unwrap_or_else(|| panic!("no file for {}", inside.display()));
                    self.add_file(path, root, &inside, id)
                }
            };
            self.modules[id].children.insert(name, child);
        }
        id
    }

    /// What this path leads to from inside a module; `None` where it leads out of the crate.
    pub(super) fn resolve(&self, module: usize, path: &[String]) -> Option<Target> {
        self.follow(module, path, &mut BTreeSet::new())
    }

    fn follow(&self, module: usize, path: &[String], seen: &mut BTreeSet<(usize, String)>) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let mut target = match first.as_str() {
            "crate" => Target::Module(0),
            "self" => Target::Module(module),
            "super" => Target::Module(self.modules[module].parent),
            name => self.look_up(module, name, !rest.is_empty(), seen)?,
        };
        for (at, name) in rest.iter().enumerate() {
            let Target::Module(module) = target else { break };
            target = match name.as_str() {
                "self" => target,
                "super" => Target::Module(self.modules[module].parent),
                // What no item of the module defines, a macro in it does.
                name => self.look_up(module, name, at + 1 < rest.len(), seen).unwrap_or(Target::Item(module)),
            };
        }
        Some(target)
    }

    /// What a name stands for in a module. A name may stand for a module and for an item at once; which one is meant, what follows decides.
    fn look_up(&self, id: usize, name: &str, is_prefix: bool, seen: &mut BTreeSet<(usize, String)>) -> Option<Target> {
        if !seen.insert((id, name.to_owned())) {
            return None;
        }
        let module = &self.modules[id];
        let mut found: Vec<Target> = module.children.get(name).map(|child| Target::Module(*child)).into_iter().collect();
        found.extend(module.defined.contains(name).then_some(Target::Item(id)));
        let named = module.imports.iter().filter(|import| import.name.as_deref() == Some(name));
        found.extend(named.filter_map(|import| self.follow(id, &import.path, seen)));
        if found.is_empty() {
            let globs = module.imports.iter().filter(|import| import.name.is_none());
            found.extend(globs.filter_map(|import| match self.follow(id, &import.path, &mut seen.clone()) {
                Some(Target::Module(source)) => self.look_up(source, name, is_prefix, seen),
                _ => None,
            }));
        }
        if found.is_empty() && id == 0 {
            found.extend(self.exported_macros.get(name).map(|module| Target::Item(*module)));
        }
        seen.remove(&(id, name.to_owned()));
        let is_meant = |target: &&Target| matches!(target, Target::Module(_)) == is_prefix;
        found.iter().find(is_meant).or(found.first()).copied()
    }
}

/// Gathers what a module's items define and import, including the imports inside of functions.
#[derive(Default)]
struct Collector {
    defined: BTreeSet<String>,
    imports: Vec<Import>,
    exported_macros: Vec<String>,
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_for_tests(attributes(item)) {
            return;
        }
        let name = match item {
            Item::Const(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Macro(item) => item.ident.as_ref(),
            Item::Static(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::TraitAlias(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Union(item) => Some(&item.ident),
            _ => None,
        };
        self.defined.extend(name.map(ToString::to_string));
        if let Item::Macro(item) = item {
            match &item.ident {
                Some(name) if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) => {
                    self.exported_macros.push(name.to_string());
                }
                Some(_) => {}
                None => self.defined.extend(defined_in(item.mac.tokens.clone())),
            }
        }
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.imports.extend(imports(item));
    }
}

/// What a macro that is called among items seems to define, as `thread_local!` does.
fn defined_in(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_next = false;
    for token in tokens {
        let TokenTree::Ident(ident) = &token else { continue };
        if is_next {
            found.push(ident.to_string());
        }
        is_next = ["const", "enum", "fn", "static", "struct", "trait", "type"].iter().any(|keyword| ident == keyword);
    }
    found
}

/// Everything that a `use` brings in.
pub(super) fn imports(item: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    if item.leading_colon.is_none() {
        gather(&item.tree, &mut Vec::new(), &mut found);
    }
    found
}

fn gather(tree: &UseTree, prefix: &mut Vec<String>, found: &mut Vec<Import>) {
    let mut add = |name: Option<String>, last: Option<String>| {
        let path = prefix.iter().cloned().chain(last).collect();
        found.push(Import { name, path });
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            gather(&path.tree, prefix, found);
            prefix.pop();
        }
        UseTree::Name(name) if name.ident == "self" => add(prefix.last().cloned(), None),
        UseTree::Name(name) => add(Some(name.ident.to_string()), Some(name.ident.to_string())),
        UseTree::Rename(rename) if rename.ident == "self" => add(Some(rename.rename.to_string()), None),
        UseTree::Rename(rename) => add(Some(rename.rename.to_string()), Some(rename.ident.to_string())),
        UseTree::Glob(_) => add(None, None),
        UseTree::Group(group) => group.items.iter().for_each(|tree| gather(tree, prefix, found)),
    }
}

/// Whether a `use` offers its names to other modules.
pub(super) fn is_reexport(item: &ItemUse) -> bool {
    !matches!(item.vis, Visibility::Inherited)
}

/// The attributes of an item.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether something is compiled for tests only.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    let needs_tests = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => !possible(&syn::parse2(list.tokens.clone()).unwrap()).0,
        meta => meta.path().is_ident("test"),
    };
    attributes.iter().any(needs_tests)
}

/// Whether a condition can hold, and whether it can fail, where nothing is compiled for tests.
fn possible(condition: &Meta) -> (bool, bool) {
    let inner = |list: &syn::MetaList| -> Vec<(bool, bool)> {
        let conditions = list.parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated).unwrap();
        conditions.iter().map(possible).collect()
    };
    match condition {
        Meta::Path(path) if path.is_ident("test") => (false, true),
        Meta::List(list) if list.path.is_ident("not") => {
            let inner = inner(list);
            (inner.iter().any(|(_, fails)| *fails), inner.iter().any(|(holds, _)| *holds))
        }
        Meta::List(list) if list.path.is_ident("all") => {
            let inner = inner(list);
            (inner.iter().all(|(holds, _)| *holds), inner.iter().any(|(_, fails)| *fails))
        }
        Meta::List(list) if list.path.is_ident("any") => {
            let inner = inner(list);
            (inner.iter().any(|(holds, _)| *holds), inner.iter().all(|(_, fails)| *fails))
        }
        _ => (true, true),
    }
}
