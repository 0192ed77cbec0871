//! Undocumented answers, to test both clients.

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Action, ApiError, Broken, body};
use crate::export::Service;

/// Any JSON whose objects have keys of that form; texts and ids are now and then the services' own.
pub(crate) fn json(keys: &'static str) -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
    ];
    let text = "845305d8-da3d-4107-a9d6-13ef3f86d4a4|2016-02-29T20:56:20(\\.567)?Z?|[0-9]{1,25}|-1|.{0,9}";
    let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), number, text.prop_map(Value::from)];
    leaf.prop_recursive(4, 60, 12, move |inner| {
        let object = prop::collection::btree_map(keys, inner.clone(), 0..10)
            .prop_map(|fields| Value::Object(fields.into_iter().collect()));
        prop_oneof![1 => prop::collection::vec(inner, 0..4).prop_map(Value::from), 4 => object]
    })
}

/// The bytes of an answer, now and then damaged: nested deeply, with a number that no type holds, cut off, or with
/// foreign bytes.
pub(crate) fn bytes(keys: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let within = prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(any::<u8>(), 1..4),
        prop::sample::select(&["1e999", "-1e-999", "18446744073709551616", "\\ud800", "\"", "[", "}", "\0"][..])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let damage = (within, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>());
    (json(keys), prop_oneof![9 => Just(0), 1 => 0..300_usize], damage).prop_map(|(json, depth, damage)| {
        let (within, at, end, is_cut) = damage;
        let mut bytes = format!("{}{json}{}", "[".repeat(depth), "]".repeat(depth)).into_bytes();
        let at = at.index(bytes.len() + 1);
        bytes.splice(at..at, within);
        if is_cut {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        bytes
    })
}

/// Reads an answer as the clients do; checks the sentence of an error.
pub(crate) fn read<T: DeserializeOwned>(service: Service, bytes: &[u8]) -> Option<T> {
    let broken = match body::parse(bytes) {
        Ok(answer) => return Some(answer),
        Err(broken) => broken,
    };
    assert!(matches!(broken, Broken::Unreadable(_)));
    let error = ApiError { service, action: Action::List, host: "api.example".to_owned(), broken };
    let said = crate::explain::api(&error).what;
    let start = format!("{service}'s answer could not be read: it is not ");
    let rest = said.strip_prefix(&start).and_then(|rest| rest.strip_suffix(")."));
    let (what, at) = rest.and_then(|rest| rest.split_once(" (line ")).unwrap_or_default();
    assert!(["JSON", "what the service documents"].contains(&what), "{said}");
    assert!(at.split(", column ").all(|number| number.parse::<usize>().is_ok()), "{said}");
    None
}
