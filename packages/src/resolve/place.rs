//! Where a package goes: as high as nothing conflicts with it, its peers included.

use super::edge::{Edge, Kind, edge};
use super::graph::{EdgeId, Graph, Id};
use super::pick::{Miss, Picked, Picker};
use super::setting::Setting;

/// What would become of a package in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It can be put there.
    Free,
    /// It can take the place of what is there.
    Replace,
    /// What is there does as well.
    Keep,
    Conflict,
}

/// A package that looks for a place, and for whom.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// The edge that asks for it. For a peer of something not yet placed it is not in the tree.
    pub(super) edge: &'a Edge,
    pub(super) picked: &'a Picked,
    /// Whose edge it is, if that is in the tree.
    pub(super) from: Option<Id>,
    /// Where the search began: nothing is put below.
    pub(super) start: Id,
}

/// The folder that was found, what to do there, and whether the package would have its peers there.
pub(super) struct Place {
    pub(super) target: Id,
    pub(super) verdict: Verdict,
    pub(super) peers_fit: bool,
}

pub(super) struct Placer<'a> {
    pub(super) graph: &'a Graph,
    pub(super) picker: &'a Picker<'a>,
    pub(super) setting: &'a Setting<'a>,
}

impl Placer<'_> {
    /// The highest folder in a row from the start upwards that has no conflict.
    pub(super) fn find(&self, candidate: Candidate<'_>) -> Result<Option<Place>, Miss> {
        let mut found: Option<Place> = None;
        for target in self.graph.ancestry(candidate.start) {
            if self.wants_as_peer(target, &candidate.edge.name) && candidate.from != Some(target) {
                continue;
            }
            let verdict = self.alone(target, candidate);
            if verdict == Verdict::Conflict {
                break;
            }
            let peers_fit = verdict == Verdict::Keep || self.peers_fit(target, candidate.picked, &mut vec![candidate.edge.name.clone()])?;
            if peers_fit || found.is_none() {
                // The nearest folder will have to do, even if no other does.
                found = Some(Place { target, verdict, peers_fit });
            }
            if !peers_fit {
                break;
            }
        }
        Ok(found)
    }

    /// Whether a package below the root has the name as a peer, so that it must be found above.
    fn wants_as_peer(&self, target: Id, name: &str) -> bool {
        let edge = self.graph.edge_named(target, name).and_then(|edge| self.graph.edge(edge));
        target != self.graph.root && edge.is_some_and(|edge| edge.kind.is_peer())
    }

    /// The deepest folder where a package with this name may lie for somebody in `start`.
    pub(super) fn deepest(&self, start: Id, name: &str) -> Id {
        self.graph.ancestry(start).find(|target| !self.wants_as_peer(*target, name)).unwrap_or(self.graph.root)
    }

    /// The verdict without its peers.
    fn alone(&self, target: Id, candidate: Candidate<'_>) -> Verdict {
        let Candidate { edge, picked, from, .. } = candidate;
        let current = self.graph.child(target, &edge.name);
        if picked.builtin {
            return self.alone_builtin(current);
        }
        let fits = |wanted: EdgeId| self.graph.edge(wanted).is_none_or(|wanted| wanted.accepts_version(&edge.package, &picked.version));
        match current {
            Some(current) => self.against(target, current, candidate),
            None => {
                let own = self.graph.edge_named(target, &edge.name).filter(|_| Some(target) != from);
                if own.is_some_and(|own| !fits(own)) {
                    return Verdict::Conflict;
                }
                let hidden = self.graph.parent(target).and_then(|above| self.graph.see(above, &edge.name)).filter(|_| Some(target) != from);
                let users = hidden.map(|hidden| self.graph.edges_in(hidden)).unwrap_or_default();
                let mut below = users.into_iter().filter(|user| self.graph.is_below(user.from, target) && self.graph.is_met(*user));
                if below.all(fits) { Verdict::Free } else { Verdict::Conflict }
            }
        }
    }

    /// What the host answers for is the same everywhere, so it is at the top.
    fn alone_builtin(&self, current: Option<Id>) -> Verdict {
        match current.and_then(|current| self.graph.get(current)) {
            Some(current) if current.builtin => Verdict::Keep,
            Some(_) => Verdict::Replace,
            None => Verdict::Free,
        }
    }

    fn against(&self, target: Id, current: Id, candidate: Candidate<'_>) -> Verdict {
        let Candidate { edge, picked, from, start } = candidate;
        let Some(node) = self.graph.get(current) else { return Verdict::Free };
        let kept = node.meets(edge);
        if kept && node.version == picked.version && node.package == edge.package {
            return Verdict::Keep;
        }
        let newer = picked.version >= node.version;
        let replaceable = node.package == edge.package && self.replaceable(current, candidate);
        if newer && replaceable {
            return Verdict::Replace;
        }
        if kept {
            return Verdict::Keep;
        }
        if edge.kind.is_peer() && replaceable {
            return Verdict::Replace;
        }
        // At the last folder there is, what it asks for itself decides; a peer may drive out what others can have further down.
        let last = target == self.deepest(start, &edge.name);
        let decides = if edge.kind.is_peer() { self.can_give_way(target, current, candidate) } else { from == Some(target) };
        if last && decides { Verdict::Replace } else { Verdict::Conflict }
    }

    /// Whether all who would not be content with the candidate can have what they see now in a folder below.
    fn can_give_way(&self, target: Id, current: Id, candidate: Candidate<'_>) -> bool {
        let can = |user: EdgeId| {
            let Some(edge) = self.graph.edge(user) else { return true };
            let content =
                edge.accepts_version(&candidate.edge.package, &candidate.picked.version) || self.graph.is_below(user.from, current);
            content || !self.graph.is_below(target, self.deepest(user.from, &edge.name))
        };
        self.graph.edges_in(current).into_iter().all(can)
    }

    /// Whether all who see a package would be content with the candidate.
    fn replaceable(&self, current: Id, candidate: Candidate<'_>) -> bool {
        let Candidate { edge, picked, .. } = candidate;
        let content = |user: EdgeId| {
            let inside = self.graph.is_below(user.from, current);
            inside || self.graph.edge(user).is_none_or(|user| user.accepts_version(&edge.package, &picked.version))
        };
        self.graph.edges_in(current).into_iter().all(content)
    }

    /// Whether a package in a folder would see all its peers, or they could be put where it does.
    fn peers_fit(&self, target: Id, picked: &Picked, row: &mut Vec<String>) -> Result<bool, Miss> {
        for (name, text) in picked.manifest.peers.iter().filter(|(name, _)| !picked.manifest.optional_peers.contains(*name)) {
            if row.contains(name) || name.starts_with("@types/") {
                continue;
            }
            let Some(edge) = edge(name, text, Kind::Peer, self.setting) else { continue };
            let seen = self.graph.see(target, name).and_then(|seen| self.graph.get(seen));
            if seen.is_some_and(|seen| seen.meets(&edge)) {
                continue;
            }
            let place = self.deepest(target, name);
            let Some(peer) = self.pick_peer(place, &edge)? else { return Ok(false) };
            let candidate = Candidate { edge: &edge, picked: &peer, from: None, start: place };
            if self.alone(place, candidate) == Verdict::Conflict {
                return Ok(false);
            }
            row.push(name.clone());
            if !self.peers_fit(place, &peer, row)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The version of a peer for a folder: what the folder's own package asks for, if it asks for the peer too. None fits both otherwise.
    pub(super) fn pick_peer(&self, folder: Id, edge: &Edge) -> Result<Option<Picked>, Miss> {
        let own = self.graph.edge_named(folder, &edge.name).and_then(|own| self.graph.edge(own)).filter(|own| own.failed.is_none());
        match self.picker.pick(own.unwrap_or(edge)) {
            Ok(picked) if picked.builtin || edge.accepts_version(&edge.package, &picked.version) => Ok(Some(picked)),
            Ok(_) | Err(Miss::Never(_)) => Ok(None),
            Err(today) => Err(today),
        }
    }
}
