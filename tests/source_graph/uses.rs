//! The uses in the code of a crate: every `use` that is no re-export, and every path.

use std::collections::BTreeSet;
use std::path::PathBuf;

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Arm, Attribute, Field, ImplItem, ImplItemFn, Item, ItemFn, ItemUse, Local, Macro, Meta, PatIdent, TraitItemFn};

use super::names::{Crate, Target, attributes, imports, is_for_tests, is_reexport};

/// That one file uses another.
pub(super) struct Use {
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
    /// As it is written.
    pub(super) path: String,
}

/// All uses between different files of a crate.
pub(super) fn of(krate: &Crate) -> Vec<Use> {
    let mut found = Vec::new();
    for (module, content) in krate.modules.iter().enumerate() {
        let mut finder = Finder { krate, module, variables: BTreeSet::new(), found: &mut found };
        content.items.iter().for_each(|item| finder.visit_item(item));
    }
    found
}

struct Finder<'a> {
    krate: &'a Crate,
    module: usize,
    /// The variables of the function under way: a name of one of them is no use.
    variables: BTreeSet<String>,
    found: &'a mut Vec<Use>,
}

impl Finder<'_> {
    fn add(&mut self, path: &[String]) {
        if let [name] = path
            && self.variables.contains(name)
        {
            return;
        }
        let modules = &self.krate.modules;
        if let Some(Target::Item(definer)) = self.krate.resolve(self.module, path)
            && modules[definer].file != modules[self.module].file
        {
            let (from, to) = (modules[self.module].file.clone(), modules[definer].file.clone());
            self.found.push(Use { from, to, path: path.join("::") });
        }
    }

    /// Looks for paths in the text of a macro's call, a macro's definition or an attribute.
    fn scan(&mut self, tokens: TokenStream, least_names: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: Option<usize>, wanted: char| at.and_then(|at| tokens.get(at)).is_some_and(|token| is_punct(token, wanted));
        let mut at = 0;
        while at < tokens.len() {
            let start = at;
            at += 1;
            match &tokens[start] {
                TokenTree::Group(group) => self.scan(group.stream(), least_names),
                TokenTree::Literal(literal) => self.scan_literal(&literal.to_string()),
                TokenTree::Punct(_) => {}
                TokenTree::Ident(name) => {
                    let mut path = vec![name.to_string()];
                    while is(Some(at), ':') && is(Some(at + 1), ':') {
                        let Some(TokenTree::Ident(name)) = tokens.get(at + 2) else { break };
                        path.push(name.to_string());
                        at += 3;
                    }
                    let before = start.checked_sub(1);
                    let is_field = is(before, '.') && !is(start.checked_sub(2), '.') || is(Some(at), ':') && path.len() == 1;
                    let is_tail = is(before, ':') && is(start.checked_sub(2), ':');
                    if path.len() >= least_names && !is_field && !is_tail && !is(before, '\'') {
                        self.add(&path);
                    }
                }
            }
        }
    }

    /// A path in a text, as `serde` wants them.
    fn scan_literal(&mut self, literal: &str) {
        let text = literal.trim_matches('"');
        if let Ok(path) = syn::parse_str::<syn::Path>(text)
            && path.segments.len() > 1
        {
            self.add(&segments(&path));
        }
    }

    fn in_function(&mut self, variables: BTreeSet<String>, visit: impl FnOnce(&mut Self)) {
        let outer = self.variables.clone();
        self.variables.extend(variables);
        visit(self);
        self.variables = outer;
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs[..],
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            _ => &[],
        };
        if !is_for_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast Field) {
        if !is_for_tests(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if !is_for_tests(&local.attrs) {
            visit::visit_local(self, local);
        }
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        if !is_for_tests(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_reexport(item) {
            imports(item).iter().for_each(|import| self.add(&import.path));
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.in_function(variables(|found| found.visit_item_fn(item)), |this| visit::visit_item_fn(this, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.in_function(variables(|found| found.visit_impl_item_fn(item)), |this| visit::visit_impl_item_fn(this, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.in_function(variables(|found| found.visit_trait_item_fn(item)), |this| visit::visit_trait_item_fn(this, item));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.add(&segments(path));
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        visit::visit_macro(self, call);
        self.scan(call.tokens.clone(), 1);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.scan(list.tokens.clone(), 2);
        }
    }
}

fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted && (wanted != '\'' || punct.spacing() == Spacing::Joint))
}

/// The names that patterns bind in some code.
fn variables(visit: impl FnOnce(&mut Variables)) -> BTreeSet<String> {
    let mut found = Variables::default();
    visit(&mut found);
    found.0
}

#[derive(Default)]
struct Variables(BTreeSet<String>);

impl<'ast> Visit<'ast> for Variables {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.0.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }
}
