//! Which of the registered handlers may be reached from outside.

use std::collections::HashSet;

use indexmap::IndexSet;

use crate::error::RequestError;
use crate::kind::Kind;

/// The ids that may be reached.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Exposure {
    /// Every registered one.
    #[default]
    All,
    /// Those of a fixed list.
    Listed(AllowList),
    /// Those that the tunnels of an application expose.
    Tunnels(Tunnels),
}

/// The ids that may be reached from outside, by kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AllowList {
    /// Task ids.
    pub tasks: HashSet<String>,
    /// Event ids.
    pub events: HashSet<String>,
}

/// The ids that the tunnels of an application expose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tunnels {
    /// Whether any tunnel serves.
    pub enabled: bool,
    /// Whether every handler may be reached if no tunnel serves.
    pub open: bool,
    /// Whether this holds until the application changes it, so that the host need not be asked again.
    pub is_final: bool,
    /// The tasks, in the order in which they are named. Some may have no handler.
    pub tasks: IndexSet<String>,
    /// The events, in the order in which they are named. Some may have no handler.
    pub events: IndexSet<String>,
}

impl Tunnels {
    fn of(&self, kind: Kind) -> &IndexSet<String> {
        match kind {
            Kind::Task => &self.tasks,
            Kind::Event => &self.events,
        }
    }
}

impl Exposure {
    /// Whether an id may be reached.
    ///
    /// # Errors
    /// `ExposureNotEnabled`, or `…NotExposed`.
    pub fn admit(&self, kind: Kind, id: &str) -> Result<(), RequestError> {
        let admitted = match self {
            Exposure::All => true,
            Exposure::Listed(list) => match kind {
                Kind::Task => list.tasks.contains(id),
                Kind::Event => list.events.contains(id),
            },
            Exposure::Tunnels(tunnels) if tunnels.enabled => tunnels.of(kind).contains(id),
            Exposure::Tunnels(tunnels) if tunnels.open => true,
            Exposure::Tunnels(_) => return Err(RequestError::ExposureNotEnabled),
        };
        if admitted {
            return Ok(());
        }
        let id = id.to_owned();
        Err(match kind {
            Kind::Task => RequestError::TaskNotExposed { id },
            Kind::Event => RequestError::EventNotExposed { id },
        })
    }

    /// Whether discovery reports an allow-list.
    pub fn enabled(&self) -> bool {
        !matches!(self, Exposure::Tunnels(Tunnels { enabled: false, .. }))
    }

    /// Whether this holds until the host replaces it. If not, the host is asked again before a request is rejected.
    pub fn is_final(&self) -> bool {
        !matches!(self, Exposure::Tunnels(Tunnels { is_final: false, .. }))
    }

    /// The ids that discovery lists, of those that are `registered`. The ids of tunnels are listed without looking at
    /// that.
    pub fn listed(&self, kind: Kind, registered: Vec<String>) -> Vec<String> {
        match self {
            Exposure::Tunnels(tunnels) => tunnels.of(kind).iter().cloned().collect(),
            _ => registered.into_iter().filter(|id| self.admit(kind, id).is_ok()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tunnels(enabled: bool, open: bool) -> Exposure {
        let tasks = ["b", "ghost", "b"].map(str::to_owned).into_iter().collect();
        Exposure::Tunnels(Tunnels { enabled, open, tasks, ..Tunnels::default() })
    }

    #[test]
    fn without_a_tunnel_nothing_is_exposed_unless_it_is_open() {
        assert_eq!(tunnels(false, false).admit(Kind::Task, "b"), Err(RequestError::ExposureNotEnabled));
        assert_eq!(tunnels(false, true).admit(Kind::Task, "x"), Ok(()));
        assert!(!tunnels(false, true).enabled());
    }

    #[test]
    fn a_tunnel_exposes_what_it_names_though_everything_would_be_open_without_one() {
        let exposure = tunnels(true, true);
        assert_eq!(exposure.admit(Kind::Task, "b"), Ok(()));
        let id = || "b".to_owned();
        assert_eq!(exposure.admit(Kind::Event, "b"), Err(RequestError::EventNotExposed { id: id() }));
    }

    #[test]
    fn tunnels_are_listed_as_they_name_their_ids_once() {
        let registered = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(tunnels(true, false).listed(Kind::Task, registered.clone()), ["b", "ghost"]);
        let list = AllowList { tasks: ["b".to_owned(), "c".to_owned()].into(), events: [].into() };
        assert_eq!(Exposure::Listed(list).listed(Kind::Task, registered), ["b"]);
    }
}
