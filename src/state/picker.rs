//! A list to choose from, narrowed by typing.
//!
//! Items may arrive page by page while the person already types. What was matched is kept, and matched again only when
//! the filter or the items change: a hundred thousand items are matched in a few milliseconds.

use std::cmp::{Ordering, Reverse};

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32String};
use tui_input::Input;

use super::message::Page;
use super::remote::{Remote, Request, Slot};

/// A list of `T`, the filter, and where the cursor is.
#[derive(Debug)]
pub struct Picker<T> {
    /// Filter, matches and cursor.
    pub search: Search,
    /// How far the list is: items may be there while it still loads, or although it failed.
    pub load: Slot<()>,
    /// Each item with what the filter is matched against, as they came.
    items: Vec<(T, Utf32String)>,
    /// All items, in their order.
    sorted: Vec<u32>,
    text: fn(&T) -> String,
    order: fn(&T, &T) -> Ordering,
}

/// The part of a picker that does not depend on what is picked.
#[derive(Debug, Default)]
pub struct Search {
    /// What was typed to narrow the list.
    pub filter: Input,
    /// Which match is under the cursor.
    pub cursor: usize,
    matches: Vec<u32>,
}

impl<T> Picker<T> {
    /// An empty list. The filter is matched against `text`; the items stand in `order`.
    pub fn new(text: fn(&T) -> String, order: fn(&T, &T) -> Ordering) -> Self {
        let (items, sorted) = (Vec::new(), Vec::new());
        Self { search: Search::default(), load: Slot::idle(), items, sorted, text, order }
    }

    /// Starts over: the items go, the filter stays.
    pub(crate) fn ask(&mut self, request: Request) {
        self.reset();
        self.load.ask(request);
    }

    /// Forgets the items.
    pub(crate) fn reset(&mut self) {
        self.load = Slot::idle();
        self.items.clear();
        self.sorted.clear();
        self.rematch();
    }

    /// Takes a page; one of an older request changes nothing.
    pub(crate) fn page(&mut self, request: Request, page: Page<T>) {
        if !self.load.is_current(request) {
            return;
        }
        match page {
            Page::More(items) => self.extend(items),
            Page::End => self.load.data = Remote::Ready(()),
            Page::Failed(explanation) => self.load.data = Remote::Failed(explanation),
        }
    }

    /// Adds items in their places. The cursor stays on its item, if it was moved.
    pub fn extend(&mut self, new: impl IntoIterator<Item = T>) {
        let held = self.search.matches.get(self.search.cursor).copied().filter(|_| self.search.cursor > 0);
        let first = self.items.len();
        let text = self.text;
        self.items.extend(new.into_iter().map(|item| {
            let text = Utf32String::from(text(&item));
            (item, text)
        }));
        let compare = |a: u32, b: u32| (self.order)(&self.items[a as usize].0, &self.items[b as usize].0);
        let mut fresh: Vec<u32> = (first..self.items.len()).filter_map(|index| u32::try_from(index).ok()).collect();
        fresh.sort_by(|&a, &b| compare(a, b));
        let mut merged = Vec::with_capacity(self.items.len());
        let mut old = self.sorted.as_slice();
        for index in fresh {
            let (before, after) = old.split_at(old.partition_point(|&at| compare(at, index).is_le()));
            merged.extend_from_slice(before);
            merged.push(index);
            old = after;
        }
        merged.extend_from_slice(old);
        self.sorted = merged;
        self.rematch();
        let at = held.and_then(|held| self.search.matches.iter().position(|&index| index == held));
        self.search.cursor = at.unwrap_or_default();
    }

    /// Takes these items in place of those that were there. The cursor goes to the one that `held` knows, or stays where
    /// it is.
    pub(crate) fn replace(&mut self, items: impl IntoIterator<Item = T>, held: impl Fn(&T) -> bool) {
        let before = self.search.cursor;
        self.items.clear();
        self.sorted.clear();
        self.search.matches.clear();
        self.extend(items);
        let at = self.matches(0).position(held).unwrap_or(before);
        self.search.cursor = at.min(self.search.len().saturating_sub(1));
    }

    /// Matches all items against the filter: the best first, and those that match as well in their order.
    pub fn rematch(&mut self) {
        self.search.cursor = 0;
        let filter = self.search.filter.value().trim();
        if filter.is_empty() {
            self.search.matches.clone_from(&self.sorted);
            return;
        }
        let pattern = Pattern::new(filter, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let score = |&index: &u32| {
            let score = pattern.score(self.items[index as usize].1.slice(..), &mut matcher)?;
            Some((Reverse(score), index))
        };
        let mut scored: Vec<(Reverse<u32>, u32)> = self.sorted.iter().filter_map(score).collect();
        scored.sort_by_key(|(score, _)| *score);
        self.search.matches = scored.into_iter().map(|(_, index)| index).collect();
    }

    /// The item under the cursor.
    pub fn under_cursor(&self) -> Option<&T> {
        self.matches(self.search.cursor).next()
    }

    /// The matches from `first` on, best first.
    pub fn matches(&self, first: usize) -> impl Iterator<Item = &T> {
        self.search.matches.iter().skip(first).map(|&index| &self.items[index as usize].0)
    }

    /// All items, whether they match or not, as they came.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(item, _)| item)
    }

    /// How many items there are, whether they match or not.
    pub fn total(&self) -> usize {
        self.items.len()
    }

    /// Matches and items: `12/340`.
    pub fn count(&self) -> String {
        format!("{}/{}", self.search.len(), self.total())
    }
}

impl Search {
    /// How many items match.
    pub fn len(&self) -> usize {
        self.matches.len()
    }

    /// Whether no item matches.
    pub fn is_empty(&self) -> bool {
        self.matches.is_empty()
    }

    /// Moves the cursor, within the matches.
    pub(crate) fn step(&mut self, by: isize) {
        let last = self.matches.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }
}
