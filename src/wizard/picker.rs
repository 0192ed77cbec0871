//! A list to choose from, narrowed by typing.
//!
//! Items may arrive page by page while the person already types. What was matched is kept, and matched again only when
//! the filter or the items change: a hundred thousand items are matched in a few milliseconds.

use std::cmp::{Ordering, Reverse};

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
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
    entries: Vec<Entry<T>>,
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

#[derive(Debug)]
struct Entry<T> {
    item: T,
    /// What the filter is matched against.
    text: Utf32String,
    /// Stays the same while pages are sorted in, so that the cursor stays on its item.
    arrival: usize,
}

impl<T> Picker<T> {
    /// An empty list. The filter is matched against `text`; the items stand in `order`.
    pub(super) fn new(text: fn(&T) -> String, order: fn(&T, &T) -> Ordering) -> Self {
        Self { search: Search::default(), load: Slot::idle(), entries: Vec::new(), text, order }
    }

    /// Starts over: the items go, the filter stays.
    pub(super) fn ask(&mut self, request: Request) {
        self.entries.clear();
        self.rematch();
        self.load.ask(request);
    }

    /// Forgets the items.
    pub(super) fn reset(&mut self) {
        self.entries.clear();
        self.load = Slot::idle();
        self.rematch();
    }

    /// Takes a page; one of an older request changes nothing.
    pub(super) fn page(&mut self, request: Request, page: Page<T>) {
        if !self.load.is_current(request) {
            return;
        }
        match page {
            Page::More(items) => self.extend(items),
            Page::End => self.load.data = Remote::Ready(()),
            Page::Failed(explanation) => self.load.data = Remote::Failed(explanation),
        }
    }

    /// Adds items in their places. The cursor stays on its item, if the person has moved it.
    pub(super) fn extend(&mut self, items: impl IntoIterator<Item = T>) {
        let held = (self.search.cursor > 0).then(|| self.entry_under_cursor().map(|entry| entry.arrival)).flatten();
        let first = self.entries.len();
        let text = self.text;
        self.entries.extend(items.into_iter().enumerate().map(|(at, item)| Entry {
            text: Utf32String::from(text(&item)),
            item,
            arrival: first + at,
        }));
        let order = self.order;
        self.entries.sort_by(|a, b| order(&a.item, &b.item));
        self.rematch();
        if let Some(held) = held {
            let entries = &self.entries;
            let at = self.search.matches.iter().position(|&index| entries[index as usize].arrival == held);
            self.search.cursor = at.unwrap_or_default();
        }
    }

    /// Matches all items against the filter; the best come first, and without a filter all in their order.
    pub(super) fn rematch(&mut self) {
        self.search.cursor = 0;
        self.search.matches.clear();
        let filter = self.search.filter.value().trim();
        let all = 0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        if filter.is_empty() {
            self.search.matches.extend(all);
            return;
        }
        let pattern = Pattern::parse(filter, CaseMatching::Smart, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut scored: Vec<(Reverse<u32>, u32)> = all
            .filter_map(|index| {
                let text = self.entries[index as usize].text.slice(..);
                pattern.score(text, &mut matcher).map(|score| (Reverse(score), index))
            })
            .collect();
        scored.sort_unstable();
        self.search.matches.extend(scored.into_iter().map(|(_, index)| index));
    }

    /// The item under the cursor.
    pub fn under_cursor(&self) -> Option<&T> {
        self.entry_under_cursor().map(|entry| &entry.item)
    }

    /// The matches from `first` on, best first.
    pub fn matches(&self, first: usize) -> impl Iterator<Item = &T> {
        self.search.matches.iter().skip(first).map(|&index| &self.entries[index as usize].item)
    }

    /// How many items there are, whether they match or not.
    pub fn total(&self) -> usize {
        self.entries.len()
    }

    /// Matches and items: `12/340`.
    pub fn count(&self) -> String {
        format!("{}/{}", self.search.len(), self.total())
    }

    fn entry_under_cursor(&self) -> Option<&Entry<T>> {
        self.search.matches.get(self.search.cursor).map(|&index| &self.entries[index as usize])
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
    pub(super) fn step(&mut self, by: isize) {
        let last = self.matches.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }
}
