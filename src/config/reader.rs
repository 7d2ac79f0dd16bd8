//! Reads loose values into typed ones and collects every problem on the way.

use std::time::Duration;

use super::spec::{self, DefaultValue, OptionKind};
use super::{Problem, Value};

/// One level of the options: an object whose keys are taken out one by one.
pub(super) struct Section<'a> {
    path: String,
    fields: Vec<(String, Value)>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Section<'a> {
    /// Opens `value` at `path`. Anything but an object is a problem, and is read as empty.
    pub(super) fn open(path: &str, value: Value, problems: &'a mut Vec<Problem>) -> Self {
        let known = spec::keys_at(path);
        let fields = match value {
            Value::Undefined => Vec::new(),
            Value::Object(fields) => fields,
            other => {
                problems.push(Problem::new(path, &other, "an object"));
                Vec::new()
            }
        };
        let section = Section { path: path.to_owned(), fields, problems };
        for (key, _) in section.fields.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            section.problems.push(Problem {
                path: section.path_of(key),
                received: "an unknown option".to_owned(),
                expected: format!("one of: {}", known.join(", ")),
            });
        }
        section
    }

    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value under `key`, or `Undefined`.
    pub(super) fn take(&mut self, key: &str) -> Value {
        match self.fields.iter().position(|(name, _)| name == key) {
            Some(index) => self.fields.swap_remove(index).1,
            None => Value::Undefined,
        }
    }

    /// Whether anything is given under `key`; an empty object, or one of absent values, does not count.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.fields.iter().any(|(name, value)| {
            name == key
                && match value {
                    Value::Undefined => false,
                    Value::Object(fields) => fields.iter().any(|(_, value)| *value != Value::Undefined),
                    _ => true,
                }
        })
    }

    /// The section under `key`, if it is given.
    pub(super) fn section(&mut self, key: &str) -> Option<Section<'_>> {
        match self.take(key) {
            Value::Undefined => None,
            value => {
                let path = self.path_of(key);
                Some(Section::open(&path, value, self.problems))
            }
        }
    }

    /// The number of problems so far.
    pub(super) fn problems(&self) -> usize {
        self.problems.len()
    }

    pub(super) fn refuse(&mut self, key: &str, received: impl ToString, expected: impl Into<String>) {
        let path = self.path_of(key);
        self.problems.push(Problem { path, received: received.to_string(), expected: expected.into() });
    }

    /// True or false, as given or by default.
    pub(super) fn flag(&mut self, key: &str) -> bool {
        let default = spec::of(&self.path_of(key)).default == DefaultValue::Boolean(true);
        match self.take(key) {
            Value::Undefined => default,
            Value::Bool(value) => value,
            other => {
                self.refuse(key, other, "true or false");
                default
            }
        }
    }

    /// An integer, as given or by default; `None` without a default. JavaScript represents integers up to 2^53
    /// exactly.
    pub(super) fn integer(&mut self, key: &str) -> Option<u64> {
        let spec = spec::of(&self.path_of(key));
        let OptionKind::Integer { min, max, unit } = spec.kind else {
            unreachable!("{} is described as something else", spec.path)
        };
        match self.take(key) {
            Value::Undefined => {}
            Value::Number(n) if n.fract() == 0.0 && n >= min as f64 && n <= max as f64 => {
                return Some(n as u64);
            }
            other => {
                let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
                self.refuse(key, other, format!("an integer from {min} to {max}{unit}"));
            }
        }
        if let DefaultValue::Integer(default) = spec.default { Some(default) } else { None }
    }

    /// An integer that bounds something held in memory. Saturates at `usize::MAX`.
    pub(super) fn size(&mut self, key: &str) -> usize {
        usize::try_from(self.integer(key).unwrap_or(0)).unwrap_or(usize::MAX)
    }

    /// Milliseconds; `None` for 0, which means no limit.
    pub(super) fn bound(&mut self, key: &str) -> Option<Duration> {
        self.integer(key).filter(|ms| *ms > 0).map(Duration::from_millis)
    }

    /// Milliseconds.
    pub(super) fn duration(&mut self, key: &str) -> Duration {
        self.integer(key).map_or(Duration::ZERO, Duration::from_millis)
    }

    /// A list of strings that `accept` accepts. Problems name items by their index.
    pub(super) fn strings(
        &mut self,
        key: &str,
        expected: &str,
        accept: impl Fn(&str) -> bool,
    ) -> Option<Vec<String>> {
        let items = match self.take(key) {
            Value::Undefined => return None,
            Value::List(items) => items,
            other => {
                self.refuse(key, other, format!("an array, each item {expected}"));
                return None;
            }
        };
        let mut accepted = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::String(text) if accept(&text) => accepted.push(text),
                other => self.refuse(&format!("{key}[{index}]"), other, expected),
            }
        }
        Some(accepted)
    }
}
