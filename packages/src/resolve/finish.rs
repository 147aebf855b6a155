//! From the tree to the entries of a lock: what cannot be installed is taken out where it is optional, and an error where it is not.

use std::collections::{BTreeMap, BTreeSet};

use super::edge::{Edge, Kind};
use super::graph::{Graph, Id, Node};
use crate::error::Error;
use crate::integrity::Integrity;
use crate::lock::{Entry, built_in, dependencies};
use crate::name::PackageName;
use crate::platform::Platform;

/// How the lock says where a tarball is.
type Locate<'a> = &'a dyn Fn(&PackageName, &str) -> Option<String>;

/// The entries of all packages that anything needs.
pub(super) fn entries(
    graph: Graph,
    platform: &Platform,
    locate: Locate<'_>,
    notes: &mut BTreeSet<String>,
) -> Result<BTreeMap<String, Entry>, Error> {
    let needed = reach(&graph, |edge| !edge.kind.is_optional(), &BTreeSet::new());
    check_needed(&graph, platform, &needed, notes)?;
    let broken = spread(&graph, graph.ids().filter(|id| failure(&graph, *id).is_some()).collect());
    let unfit = |id: &Id| graph.get(*id).is_some_and(|node| is_unfit(node, platform)) && !needed.contains(id);
    let inactive = spread(&graph, graph.ids().filter(unfit).chain(broken.iter().copied()).collect());
    let kept = reach(&graph, |_| true, &broken);
    let active = reach(&graph, |_| true, &inactive);
    let by_itself = reach(&graph, |edge| !edge.kind.is_peer(), &broken);
    note_skipped(&graph, &broken, notes);
    let mut entries = BTreeMap::new();
    for id in kept.into_iter().filter(|id| *id != graph.root) {
        let Some(node) = graph.get(id) else { continue };
        let mut entry = entry(node, locate)?;
        (entry.optional, entry.peer) = (!needed.contains(&id), !by_itself.contains(&id));
        entry.inactive = !active.contains(&id);
        entries.insert(graph.path(id), entry);
    }
    Ok(entries)
}

/// All packages that are found from the root by some edges, without those to avoid.
fn reach(graph: &Graph, follow: impl Fn(&Edge) -> bool, avoid: &BTreeSet<Id>) -> BTreeSet<Id> {
    let mut found: BTreeSet<Id> = [graph.root].into();
    let mut next = vec![graph.root];
    while let Some(id) = next.pop() {
        let edges = graph.get(id).map(|node| node.edges.iter()).into_iter().flatten();
        let followed = edges.filter(|edge| edge.failed.is_none() && follow(edge)).filter_map(|edge| graph.see(id, &edge.name));
        next.extend(followed.filter(|to| !avoid.contains(to) && found.insert(*to)));
    }
    found
}

/// Adds all that cannot do without one of these.
fn spread(graph: &Graph, mut out: BTreeSet<Id>) -> BTreeSet<Id> {
    loop {
        let needs = |id: &Id| {
            let edges = graph.get(*id).map(|node| node.edges.iter()).into_iter().flatten();
            edges.filter(|edge| edge.kind == Kind::Required).filter_map(|edge| graph.see(*id, &edge.name)).any(|to| out.contains(&to))
        };
        let more: Vec<Id> = graph.ids().filter(|id| *id != graph.root && !out.contains(id) && needs(id)).collect();
        if more.is_empty() {
            return out;
        }
        out.extend(more);
    }
}

/// A dependency that a package cannot do without and cannot have.
fn failure(graph: &Graph, id: Id) -> Option<&Edge> {
    graph.get(id)?.edges.iter().find(|edge| edge.kind == Kind::Required && edge.failed.is_some())
}

fn is_unfit(node: &Node, platform: &Platform) -> bool {
    platform.objection(&node.manifest).is_some() || platform.engine_mismatch(&node.manifest).is_some()
}

fn title(node: &Node) -> String {
    format!("{}@{}", node.package, node.version)
}

/// That everything required can be had and runs here.
fn check_needed(graph: &Graph, platform: &Platform, needed: &BTreeSet<Id>, notes: &mut BTreeSet<String>) -> Result<(), Error> {
    for id in needed {
        let Some(node) = graph.get(*id) else { continue };
        if let Some(edge) = failure(graph, *id) {
            let reason = edge.failed.clone().unwrap_or_default();
            return Err(Error::package(format!("{}@{}", edge.name, edge.spec), format!("{reason} (needed by {})", title(node))));
        }
        if let Some(reason) = platform.objection(&node.manifest) {
            return Err(Error::package(title(node), reason));
        }
        if let Some(range) = platform.engine_mismatch(&node.manifest) {
            notes.insert(format!("{} is made for Node.js {range}, and this is {}", title(node), platform.node));
        }
        let peers = node.edges.iter().filter(|edge| edge.kind == Kind::Peer);
        for (edge, reason) in peers.filter_map(|edge| Some((edge, edge.failed.as_ref()?))) {
            notes.insert(format!("{}: its peer {}@{} cannot be had: {reason}", title(node), edge.name, edge.spec));
        }
    }
    Ok(())
}

fn note_skipped(graph: &Graph, broken: &BTreeSet<Id>, notes: &mut BTreeSet<String>) {
    for id in graph.ids().filter(|id| !broken.contains(id)) {
        let edges = graph.get(id).map(|node| node.edges.iter()).into_iter().flatten();
        for edge in edges.filter(|edge| edge.kind == Kind::Optional) {
            if let Some(reason) = &edge.failed {
                notes.insert(format!("{}@{} is optional and left out: {reason}", edge.name, edge.spec));
            }
        }
    }
}

fn entry(node: &Node, locate: Locate<'_>) -> Result<Entry, Error> {
    if node.builtin {
        return Ok(built_in(node.package.clone()));
    }
    let manifest = &node.manifest;
    let given = manifest.integrity.as_deref().map(Integrity::parse).and_then(Result::ok);
    let integrity = given.or_else(|| Integrity::of_shasum(manifest.shasum.as_deref()?).ok());
    let integrity = integrity.ok_or_else(|| Error::package(title(node), "the registry has no digest of it"))?;
    Ok(Entry {
        name: node.package.clone(),
        version: manifest.version.clone(),
        tarball: manifest.tarball.as_deref().and_then(|place| locate(&node.package, place)),
        integrity: Some(integrity),
        optional: false,
        peer: false,
        inactive: false,
        builtin: false,
        native: false,
        scripts: manifest.scripts,
        dependencies: dependencies(manifest),
    })
}
