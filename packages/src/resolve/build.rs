//! Grows the tree: package by package in npm's order, until each one sees what it asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use nodejs_semver::Version;

use super::edge::{Edge, Kind, edges};
use super::graph::{EdgeId, Graph, Id, Node};
use super::order::compare;
use super::pick::{Miss, Picked, Picker};
use super::place::{Candidate, Place, Placer, Verdict};
use super::setting::{Setting, Table};
use crate::error::Error;
use crate::name::PackageName;
use crate::progress::Progress;
use crate::registry::Documents;
use crate::request::Request;
use crate::spec::Wanted;

/// How many more packages than the limit a tree may have while it is not settled.
const SLACK: usize = 64;

pub(super) struct Builder<'a> {
    graph: Graph,
    overrides: &'a Table,
    setting: &'a Setting<'a>,
    picker: &'a Picker<'a>,
    documents: &'a Documents<'a>,
    /// Packages whose dependencies are to be looked at.
    queue: Vec<Id>,
    steps: usize,
    pub(super) notes: BTreeSet<String>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(request: &'a Request, setting: &'a Setting<'a>, picker: &'a Picker<'a>, documents: &'a Documents<'a>) -> Self {
        let root = Node {
            name: String::new(),
            package: PackageName::root(),
            version: Version::from((0_u64, 0, 0)),
            manifest: Arc::new(request.manifest.clone()),
            builtin: false,
            parent: None,
            children: BTreeMap::new(),
            edges: edges(&request.manifest, &request.overrides, setting, true),
        };
        let graph = Graph::new(root);
        let queue = vec![graph.root];
        Self { graph, overrides: &request.overrides, setting, picker, documents, queue, steps: 0, notes: BTreeSet::new() }
    }

    pub(super) fn into_graph(self) -> Graph {
        self.graph
    }

    /// Works until nothing is left to do.
    pub(super) fn run(&mut self) -> Result<(), Error> {
        loop {
            while let Some(id) = self.next() {
                self.look_at(id)?;
                self.tell();
            }
            // What was placed last may have taken something from whom nobody thought of.
            self.queue = self.graph.ids().filter(|id| self.graph.edges_of(*id).any(|edge| self.is_problem(edge))).collect();
            if self.queue.is_empty() {
                return Ok(());
            }
        }
    }

    fn tell(&self) {
        let done = self.graph.len();
        (self.setting.listener)(Progress::Resolved { done, of: done + self.queue.len() });
    }

    fn next(&mut self) -> Option<Id> {
        let graph = &self.graph;
        self.queue.retain(|id| graph.get(*id).is_some());
        let key = |id: &Id| (graph.depth(*id), graph.path(*id));
        let keys: Vec<_> = self.queue.iter().map(key).collect();
        let first = (0..keys.len()).min_by(|one, other| match (keys.get(*one), keys.get(*other)) {
            (Some((depth, path)), Some((other_depth, other_path))) => depth.cmp(other_depth).then_with(|| compare(path, other_path)),
            _ => std::cmp::Ordering::Equal,
        })?;
        Some(self.queue.swap_remove(first))
    }

    fn push(&mut self, id: Id) {
        if !self.queue.contains(&id) {
            self.queue.push(id);
        }
    }

    /// Whether an edge has still to be given something. An optional peer is content with nothing.
    fn is_problem(&self, id: EdgeId) -> bool {
        let Some(edge) = self.graph.edge(id) else { return false };
        let absent_is_fine = edge.kind == Kind::OptionalPeer && self.graph.see(id.from, &edge.name).is_none();
        edge.failed.is_none() && !edge.conflict && !absent_is_fine && !self.graph.is_met(id)
    }

    fn look_at(&mut self, id: Id) -> Result<(), Error> {
        let problems: Vec<EdgeId> = self.graph.edges_of(id).filter(|edge| self.is_problem(*edge)).collect();
        self.announce(&problems);
        for edge in problems {
            self.give(edge, id == self.graph.root)?;
        }
        Ok(())
    }

    fn announce(&self, edges: &[EdgeId]) {
        let wanted = edges.iter().filter_map(|edge| self.graph.edge(*edge)).filter(|edge| !self.setting.builtins.contains(&edge.name));
        wanted.for_each(|edge| self.documents.announce(&edge.package));
    }

    /// Finds a package for an edge, and a place for the package. `mine` is whether the request itself asks for it, directly or by a peer.
    fn give(&mut self, id: EdgeId, mine: bool) -> Result<(), Error> {
        if !self.is_problem(id) {
            return Ok(());
        }
        self.count_step()?;
        let Some(edge) = self.graph.edge(id).cloned() else { return Ok(()) };
        let placer = Placer { graph: &self.graph, picker: self.picker, setting: self.setting };
        let start = match edge.kind.is_peer() {
            true => self.graph.parent(id.from).map_or(self.graph.root, |above| placer.deepest(above, &edge.name)),
            false => id.from,
        };
        let picked = match self.pick(&placer, &edge, start, id) {
            Ok(picked) => picked,
            Err(Miss::Today(error)) => return Err(error),
            Err(Miss::Never(reason)) => return self.fail(id, reason),
        };
        let candidate = Candidate { edge: &edge, picked: &picked, from: Some(id.from), start };
        let place = match placer.find(candidate) {
            Ok(place) => place,
            Err(Miss::Today(error)) => return Err(error),
            Err(Miss::Never(reason)) => return self.fail(id, reason),
        };
        if let (Wanted::Tag(_), Some(edge)) = (&edge.spec.wanted, self.graph.edge_mut(id)) {
            edge.tagged = Some(picked.version.clone());
        }
        match place {
            Some(place) if place.peers_fit || !mine => self.put(id, &edge, picked, &place, mine),
            _ => self.disagree(id, &edge, &picked, mine),
        }
    }

    fn pick(&self, placer: &Placer<'_>, edge: &Edge, start: Id, id: EdgeId) -> Result<Picked, Miss> {
        // The request's own peers are dependencies like others.
        if edge.kind.is_peer()
            && id.from != self.graph.root
            && let Some(picked) = placer.pick_peer(start, edge)?
        {
            return Ok(picked);
        }
        self.picker.pick(edge)
    }

    fn count_step(&mut self) -> Result<(), Error> {
        self.steps += 1;
        let limits = self.setting.limits;
        if self.steps > limits.steps {
            return Err(Error::limit("the tree of packages does not settle", limits.steps.to_string(), "steps"));
        }
        if self.graph.len() > limits.tree + SLACK {
            return Err(Error::limit("packages in the tree", limits.tree.to_string(), "tree"));
        }
        Ok(())
    }

    /// Nothing can be had for an edge. Whether the tree bears that is seen when it is complete.
    fn fail(&mut self, id: EdgeId, reason: String) -> Result<(), Error> {
        let Some(edge) = self.graph.edge_mut(id) else { return Ok(()) };
        edge.failed = Some(reason.clone());
        if edge.kind == Kind::Required && id.from == self.graph.root {
            let edge = self.graph.edge(id).map(|edge| format!("{}@{}", edge.name, edge.spec)).unwrap_or_default();
            return Err(Error::package(edge, reason));
        }
        Ok(())
    }

    /// No folder fits. For what the request asks for that is an error, as npm has it; deeper in the tree it is left so.
    fn disagree(&mut self, id: EdgeId, edge: &Edge, picked: &Picked, mine: bool) -> Result<(), Error> {
        let who = self.graph.get(id.from).filter(|_| id.from != self.graph.root).map(|node| format!("{}@{}", node.package, node.version));
        let title = format!("{}@{}", edge.package, picked.version);
        let seen = self
            .graph
            .see(id.from, &edge.name)
            .and_then(|seen| self.graph.get(seen))
            .map(|node| format!("{}@{}", node.package, node.version));
        let reason = match (who, seen) {
            (Some(who), Some(seen)) => format!("{who} wants the peer {}@{}, and {seen} is there", edge.name, edge.spec),
            (Some(who), None) => format!("{who} wants the peer {}@{}, which fits nowhere", edge.name, edge.spec),
            (None, _) => self.unmet_peers(picked).unwrap_or_else(|| "it fits nowhere beside the other packages".to_owned()),
        };
        if mine {
            return Err(Error::package(title, reason));
        }
        self.notes.insert(reason);
        if let Some(edge) = self.graph.edge_mut(id) {
            edge.conflict = true;
        }
        Ok(())
    }

    /// Which peers of a package that was asked for do not fit what else was asked for.
    fn unmet_peers(&self, picked: &Picked) -> Option<String> {
        let root = self.graph.get(self.graph.root)?;
        let differing = |(name, spec): (&String, &String)| {
            let own = root.edges.iter().find(|edge| edge.name == *name)?;
            Some(format!("it wants the peer {name}@{spec}, and {name}@{} is asked for", own.spec))
        };
        picked.manifest.peers.iter().find_map(differing)
    }

    fn put(&mut self, id: EdgeId, edge: &Edge, picked: Picked, place: &Place, mine: bool) -> Result<(), Error> {
        if place.verdict == Verdict::Keep {
            if let (false, Some(edge)) = (self.graph.is_met(id), self.graph.edge_mut(id)) {
                edge.conflict = true;
            }
            return Ok(());
        }
        let edges = if picked.builtin { Vec::new() } else { edges(&picked.manifest, self.overrides, self.setting, false) };
        let Picked { version, manifest, builtin } = picked;
        let (name, package) = (edge.name.clone(), edge.package.clone());
        let node = Node { name, package, version, manifest, builtin, parent: None, children: BTreeMap::new(), edges };
        let placed = self.graph.put(place.target, node);
        if let (false, Some(edge)) = (self.graph.is_met(id), self.graph.edge_mut(id)) {
            edge.conflict = true;
        }
        self.reconsider(place.target, &edge.name);
        self.dedupe(place.target, &edge.name);
        self.push(placed);
        let all: Vec<EdgeId> = self.graph.edges_of(placed).collect();
        self.announce(&all);
        let is_peer = |edge: &EdgeId| self.graph.edge(*edge).is_some_and(|edge| edge.kind == Kind::Peer);
        for peer in all.into_iter().filter(is_peer).collect::<Vec<_>>() {
            self.give(peer, mine)?;
        }
        Ok(())
    }

    /// Those who saw another package of this name before, and do not get what they want any more, are looked at again.
    fn reconsider(&mut self, target: Id, name: &str) {
        let users = self.graph.edges_named(name).into_iter().filter(|user| self.graph.is_below(user.from, target));
        let unhappy: Vec<Id> = users.filter(|user| self.is_problem(*user)).map(|user| user.from).collect();
        unhappy.into_iter().for_each(|id| self.push(id));
    }

    /// Takes out packages further down for which the one that was just placed does as well.
    fn dedupe(&mut self, target: Id, name: &str) {
        for id in self.graph.below_named(target, name) {
            let spare = self.graph.parent(id).is_some_and(|parent| parent != target) && self.is_spare(id);
            if spare {
                self.graph.remove(id);
            }
        }
    }

    fn is_spare(&self, id: Id) -> bool {
        let users = self.graph.edges_in(id);
        if users.is_empty() {
            return true;
        }
        let above = self.graph.parent(id).and_then(|parent| self.graph.parent(parent));
        let Some(node) = self.graph.get(id) else { return false };
        let Some(other) = above.and_then(|above| self.graph.see(above, &node.name)).and_then(|other| self.graph.get(other)) else {
            return false;
        };
        let same = other.package == node.package && other.version == node.version;
        let content = |user: &EdgeId| self.graph.edge(*user).is_none_or(|edge| other.meets(edge));
        same || (other.version >= node.version && users.iter().all(content))
    }
}
