use super::*;
use crate::exposure::AllowList;

fn register(registry: &Registry, kind: Kind, id: &str) -> Result<HandlerNumber, RegisterError> {
    registry.register(kind, id, HandlerOptions::default())
}

#[test]
fn an_id_is_taken_once_per_kind() {
    let registry = Registry::default();
    assert_eq!(register(&registry, Kind::Task, "a"), Ok(0));
    assert_eq!(register(&registry, Kind::Task, "a"), Err(RegisterError::AlreadyRegistered));
    assert_eq!(register(&registry, Kind::Event, "a"), Ok(1));
}

#[test]
fn a_number_is_not_used_again() {
    let registry = Registry::default();
    register(&registry, Kind::Task, "a").unwrap();
    assert_eq!(registry.unregister(Kind::Task, "a"), Some(0));
    assert_eq!(register(&registry, Kind::Task, "a"), Ok(1));
}

#[test]
fn a_handler_is_named_by_kind_id_and_number() {
    let registry = Registry::default();
    register(&registry, Kind::Task, "a").unwrap();
    register(&registry, Kind::Event, "a").unwrap();
    let entry = registry.resolve(Kind::Event, "a").unwrap();
    assert_eq!(entry.handler, HandlerRef { kind: Kind::Event, id: "a".into(), number: 1 });
}

#[test]
fn those_who_run_the_calls_of_an_id_share_its_number_until_the_last_is_gone() {
    let registry = Registry::default();
    let options = HandlerOptions::default();
    let number = register(&registry, Kind::Task, "a").unwrap();
    assert_eq!(registry.announce(1, Kind::Task, "a", options), Ok(number));
    assert_eq!(registry.announce(1, Kind::Task, "a", options), Ok(number), "another worker of the pool");
    assert_eq!(registry.announce(2, Kind::Task, "a", options), Ok(number));
    assert_eq!(registry.unregister(Kind::Task, "a"), Some(number));
    assert_eq!(registry.unregister(Kind::Task, "a"), None);
    assert_eq!(registry.withdraw(1, Kind::Task, "a"), Some(number));
    assert_eq!(registry.ids(Kind::Task), ["a"]);
    registry.withdraw_all(2);
    assert_eq!(registry.ids(Kind::Task), Vec::<String>::new());
    assert_eq!(registry.announce(2, Kind::Task, "a", options), Ok(number + 1));
}

#[test]
fn options_that_differ_are_refused_and_whose_they_are_is_said() {
    let registry = Registry::default();
    let idempotent = HandlerOptions { idempotent: true, ..HandlerOptions::default() };
    registry.announce(3, Kind::Task, "a", idempotent).unwrap();
    let conflict = RegisterError::Conflict { provider: Provider::Pool(3), options: idempotent };
    assert_eq!(registry.announce(4, Kind::Task, "a", HandlerOptions::default()), Err(conflict));
    assert!(matches!(register(&registry, Kind::Task, "a"), Err(RegisterError::Conflict { .. })));
    assert_eq!(registry.announce(4, Kind::Event, "a", HandlerOptions::default()), Ok(1), "another kind");
}

#[test]
fn ids_keep_the_order_of_registration() {
    let registry = Registry::default();
    for id in ["c", "a", "b"] {
        register(&registry, Kind::Task, id).unwrap();
    }
    assert_eq!(registry.ids(Kind::Task), ["c", "a", "b"]);
}

#[test]
fn the_allow_list_is_asked_before_the_handlers() {
    let list = AllowList { tasks: ["in".to_owned()].into(), events: [].into() };
    let registry = Registry::new(Exposure::Listed(list));
    register(&registry, Kind::Task, "out").unwrap();
    let error = |id: &str| registry.resolve(Kind::Task, id).unwrap_err();
    assert_eq!(error("out"), RequestError::TaskNotExposed { id: "out".to_owned() });
    assert_eq!(error("in"), RequestError::TaskNotFound { id: "in".to_owned() });
    assert_eq!(registry.reachable(Kind::Task), Vec::<String>::new());
}
