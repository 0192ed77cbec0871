//! Reads JSON of unknown size and shape within bounds: lists are bounded while they are read, and a value of an
//! unexpected type is skipped or refused.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

/// Reads a struct from an object only. A derived implementation takes a list as well, as the fields in their order, so
/// that `["a","b"]` would be an answer. The structs of [`objects`] are read through it.
pub(crate) struct Object<D>(pub(crate) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Makes structs deserialize from objects only. They derive `Deserialize` with `#[serde(remote = "Self")]`, which makes
/// a function of it instead of an implementation.
macro_rules! objects {
    ($($name:ident $(<$of:ident>)?),* $(,)?) => {
        $(impl<'de $(, $of: serde::Deserialize<'de>)?> serde::Deserialize<'de> for $name $(<$of>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize($crate::services::http::Object(deserializer))
            }
        })*
    };
}
pub(crate) use objects;

/// The first `MOST` entries of a list, and `true` if these are all; `null` is unknown. The rest is skipped.
pub(crate) fn bounded<'de, const MOST: usize, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<(Vec<T>, bool), D::Error> {
    struct Entries<T, const MOST: usize>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Entries<T, MOST> {
        type Value = (Vec<T>, bool);

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok((Vec::new(), false))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            first(MOST, &mut list)
        }
    }
    deserializer.deserialize_any(Entries::<T, MOST>(PhantomData))
}

/// The first `most` entries of a list that is being read, and `true` if these are all.
pub(crate) fn first<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    most: usize,
    list: &mut A,
) -> Result<(Vec<T>, bool), A::Error> {
    let mut entries = Vec::new();
    while entries.len() < most {
        match list.next_element()? {
            Some(entry) => entries.push(entry),
            None => return Ok((entries, true)),
        }
    }
    let mut is_all = true;
    while list.next_element::<IgnoredAny>()?.is_some() {
        is_all = false;
    }
    Ok((entries, is_all))
}

/// Up to here, a floating-point number represents every integer.
const MOST_EXACT: f64 = (1_u64 << 53) as f64;

/// A value that ought to be text or a number. A list or an object in its place is skipped.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Scalar {
    Text(String),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    #[default]
    Nothing,
}

impl Scalar {
    /// A count, possibly as text. Some of Domo's own models declare counts as floating point, and a negative one stands
    /// for none.
    pub(crate) fn count(&self) -> Option<u64> {
        match self {
            Self::Unsigned(number) => Some(*number),
            Self::Float(number) => {
                let is_count = (0.0..=MOST_EXACT).contains(number) && number.fract() == 0.0;
                is_count.then_some(*number as u64)
            }
            Self::Text(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| Self::Float(text.parse().ok()?).count())
            }
            Self::Signed(_) | Self::Bool(_) | Self::Nothing => None,
        }
    }

    /// A text or number as text; `None` if it is empty.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Bool(_) | Self::Nothing => None,
            scalar => Some(scalar.to_string()).filter(|text| !text.is_empty()),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Unsigned(number) => write!(f, "{number}"),
            Self::Signed(number) => write!(f, "{number}"),
            // As in JSON: 5.0 keeps its fraction.
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Nothing => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar::Unsigned(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Signed(number))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar::Float(number))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar::Bool(value))
            }

            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar::Nothing)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
                first::<IgnoredAny, _>(0, &mut list)?;
                Ok(Scalar::Nothing)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Scalar, A::Error> {
                while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Nothing)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_whatever_stands_in_its_place() {
        let read = |json: &str| serde_json::from_str::<Scalar>(json).unwrap();
        for (json, text, count) in [
            ("\"7\"", "7", Some(7)),
            ("7", "7", Some(7)),
            ("7.0", "7.0", Some(7)),
            ("-1", "-1", None),
            ("\"7.0\"", "7.0", Some(7)),
            ("\" 7 \"", " 7 ", Some(7)),
            ("\"7.5\"", "7.5", None),
            ("\"inf\"", "inf", None),
            ("\"-1\"", "-1", None),
            ("-1.0", "-1.0", None),
            ("null", "", None),
            ("true", "true", None),
            ("[[1],{\"a\":[2]}]", "", None),
            ("{\"a\":{\"b\":[1]}}", "", None),
        ] {
            let scalar = read(json);
            assert_eq!((scalar.to_string().as_str(), scalar.count()), (text, count), "{json}");
        }
    }

    #[test]
    fn a_list_is_no_object() {
        #[derive(Debug, Default, PartialEq, Deserialize)]
        #[serde(default, remote = "Self")]
        struct Answer {
            id: String,
            within: Option<Box<Answer>>,
        }
        objects!(Answer);
        let within = Answer { id: "b".to_owned(), within: None };
        let read = |json: &str| serde_json::from_str::<Answer>(json).ok();
        let answer = Answer { id: "a".to_owned(), within: Some(Box::new(within)) };
        assert_eq!(read(r#"{"id":"a","more":[1],"within":{"id":"b"}}"#), Some(answer));
        for list in ["[]", r#"["a"]"#, r#"["a",null]"#, r#"{"id":"a","within":["b"]}"#, r#""a""#, "1", "null"] {
            assert_eq!(read(list), None, "{list}");
        }
        assert_eq!(serde_json::from_str::<Vec<Answer>>(r#"[["a"]]"#).ok(), None);
    }

    #[test]
    fn only_the_first_entries_of_a_list_are_kept() {
        let read = |json: &str| {
            let mut deserializer = serde_json::Deserializer::from_str(json);
            bounded::<2, _, u8>(&mut deserializer).unwrap()
        };
        assert_eq!(read("[1,2]"), (vec![1, 2], true));
        assert_eq!(read("[1,2,{},[]]"), (vec![1, 2], false), "the rest may be anything");
        assert_eq!(read("null"), (vec![], false));
    }
}
