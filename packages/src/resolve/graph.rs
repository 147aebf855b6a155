//! The tree while it grows: packages in folders of packages, and what each one sees from where it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use nodejs_semver::Version;

use super::edge::Edge;
use crate::manifest::Manifest;
use crate::name::PackageName;

/// A package in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(usize);

/// A package at its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The name of its folder.
    pub(super) name: String,
    pub(super) package: PackageName,
    pub(super) version: Version,
    pub(super) manifest: Arc<Manifest>,
    pub(super) builtin: bool,
    pub(super) parent: Option<Id>,
    pub(super) children: BTreeMap<String, Id>,
    pub(super) edges: Vec<Edge>,
}

impl Node {
    /// Whether the package is what an edge wants.
    pub(super) fn meets(&self, edge: &Edge) -> bool {
        self.builtin || edge.accepts_version(&self.package, &self.version)
    }
}

/// All packages that are in the tree. The root is the request.
#[derive(Debug)]
pub(super) struct Graph {
    nodes: BTreeMap<Id, Node>,
    next: usize,
    pub(super) root: Id,
}

/// Where something is asked for: which edge of which package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EdgeId {
    pub(super) from: Id,
    pub(super) at: usize,
}

impl Graph {
    pub(super) fn new(root: Node) -> Self {
        Self { nodes: [(Id(0), root)].into(), next: 1, root: Id(0) }
    }

    pub(super) fn get(&self, id: Id) -> Option<&Node> {
        self.nodes.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Node> {
        self.nodes.get_mut(&id)
    }

    pub(super) fn edge(&self, edge: EdgeId) -> Option<&Edge> {
        self.get(edge.from)?.edges.get(edge.at)
    }

    pub(super) fn edge_mut(&mut self, edge: EdgeId) -> Option<&mut Edge> {
        self.get_mut(edge.from)?.edges.get_mut(edge.at)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        self.nodes.keys().copied()
    }

    /// Packages, the root aside.
    pub(super) fn len(&self) -> usize {
        self.nodes.len() - 1
    }

    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        self.get(id)?.parent
    }

    /// A package and those whose folders it is in, the nearest first.
    pub(super) fn ancestry(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(Some(id), |id| self.parent(*id))
    }

    pub(super) fn is_below(&self, id: Id, above: Id) -> bool {
        self.ancestry(id).any(|one| one == above)
    }

    pub(super) fn depth(&self, id: Id) -> usize {
        self.ancestry(id).count()
    }

    /// As in `node_modules/a/node_modules/b`; empty for the root.
    pub(super) fn path(&self, id: Id) -> String {
        let mut names: Vec<&str> =
            self.ancestry(id).filter(|id| *id != self.root).filter_map(|id| Some(self.get(id)?.name.as_str())).collect();
        names.reverse();
        names.iter().map(|name| format!("node_modules/{name}")).collect::<Vec<_>>().join("/")
    }

    pub(super) fn child(&self, id: Id, name: &str) -> Option<Id> {
        self.get(id)?.children.get(name).copied()
    }

    /// What a package gets that requires a name.
    pub(super) fn see(&self, from: Id, name: &str) -> Option<Id> {
        self.ancestry(from).find_map(|id| self.child(id, name))
    }

    /// Whether what an edge sees is what it wants.
    pub(super) fn is_met(&self, edge: EdgeId) -> bool {
        let Some(wanted) = self.edge(edge) else { return true };
        self.see(edge.from, &wanted.name).and_then(|to| self.get(to)).is_some_and(|to| to.meets(wanted))
    }

    pub(super) fn edges_of(&self, id: Id) -> impl Iterator<Item = EdgeId> + use<> {
        let count = self.get(id).map_or(0, |node| node.edges.len());
        (0..count).map(move |at| EdgeId { from: id, at })
    }

    /// The edge of a package with this name.
    pub(super) fn edge_named(&self, id: Id, name: &str) -> Option<EdgeId> {
        let at = self.get(id)?.edges.iter().position(|edge| edge.name == name)?;
        Some(EdgeId { from: id, at })
    }

    /// All edges that see this package.
    pub(super) fn edges_in(&self, id: Id) -> Vec<EdgeId> {
        let Some(node) = self.get(id) else { return Vec::new() };
        let edges = self.ids().filter_map(|from| self.edge_named(from, &node.name));
        edges.filter(|edge| self.see(edge.from, &node.name) == Some(id)).collect()
    }

    /// All edges with this name, wherever they are.
    pub(super) fn edges_named(&self, name: &str) -> Vec<EdgeId> {
        self.ids().filter_map(|from| self.edge_named(from, name)).collect()
    }

    /// Puts a package into a folder, in the place of one of this name that might be there.
    pub(super) fn put(&mut self, target: Id, mut node: Node) -> Id {
        if let Some(old) = self.child(target, &node.name) {
            self.remove(old);
        }
        let id = Id(self.next);
        self.next += 1;
        node.parent = Some(target);
        if let Some(target) = self.get_mut(target) {
            target.children.insert(node.name.clone(), id);
        }
        self.nodes.insert(id, node);
        id
    }

    /// Takes a package out, with all that is in its folder.
    pub(super) fn remove(&mut self, id: Id) {
        let Some(node) = self.nodes.remove(&id) else { return };
        node.children.values().for_each(|child| self.remove(*child));
        if let Some(parent) = node.parent.and_then(|parent| self.get_mut(parent)) {
            parent.children.retain(|_, child| *child != id);
        }
    }

    /// All packages below one with this name, and not itself.
    pub(super) fn below_named(&self, above: Id, name: &str) -> Vec<Id> {
        let named = |id: &Id| self.get(*id).is_some_and(|node| node.name == name);
        self.ids().filter(named).filter(|id| *id != above && self.is_below(*id, above)).collect()
    }
}
