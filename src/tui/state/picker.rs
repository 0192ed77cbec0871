//! A list with a cursor and a filter.
//!
//! Items may arrive page by page while the person types. Matches are cached: a hundred thousand items are filtered in a
//! few milliseconds.

use std::cmp::Ordering;

use nucleo_matcher::Utf32String;
use tui_input::Input;

use super::filter::{Closeness, Filter};
use super::message::Page;
use super::remote::{Remote, Slot};
use super::request::{Request, RequestId};
use crate::text::terminal_text::nfc;

#[derive(Debug)]
pub struct Picker<T> {
    pub search: Search,
    /// Items may be present while it loads, or after it failed.
    pub load: Slot<()>,
    /// In order of arrival.
    items: Vec<T>,
    /// Parallel to `items`.
    texts: Vec<Utf32String>,
    /// Indices of `items`, by `order`.
    sorted: Vec<u32>,
    text: fn(&T) -> String,
    order: fn(&T, &T) -> Ordering,
    shown: fn(&T) -> bool,
    /// Caches the matches of each shorter filter on the way to this one.
    matched: Vec<FilterMatches>,
}

/// Indices of the matching items, best first.
#[derive(Debug)]
struct FilterMatches {
    filter: String,
    matches: Vec<u32>,
    by: Closeness,
}

/// A picker of any items.
pub(crate) trait AnyPicker {
    fn search(&self) -> &Search;
    fn search_mut(&mut self) -> &mut Search;
    fn load(&self) -> &Remote<()>;
    fn refilter(&mut self);
}

impl<T> AnyPicker for Picker<T> {
    fn search(&self) -> &Search {
        &self.search
    }

    fn search_mut(&mut self) -> &mut Search {
        &mut self.search
    }

    fn load(&self) -> &Remote<()> {
        &self.load.data
    }

    fn refilter(&mut self) {
        self.narrow();
    }
}

/// The part of a picker that does not depend on the items' type.
#[derive(Debug, Default)]
pub struct Search {
    pub filter: Input,
    /// An index among the matches.
    pub cursor: usize,
    /// The first visible match, if the mouse set it. Keys center the cursor again.
    top: Option<usize>,
    matches: Vec<u32>,
    by: Closeness,
}

impl<T> Picker<T> {
    /// Creates an empty list. Filters match against `text`; items are sorted by `order`.
    pub fn new(text: fn(&T) -> String, order: fn(&T, &T) -> Ordering) -> Self {
        let (items, texts, sorted, matched) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (search, load) = (Search::default(), Slot::idle());
        Self { search, load, items, texts, sorted, text, order, shown: |_| true, matched }
    }

    /// Drops the items, keeps the filter, and waits for pages.
    pub(crate) fn ask<R>(&mut self, request: &Request<R>) {
        self.reset();
        self.load.ask(request);
    }

    pub(crate) fn reset(&mut self) {
        self.load = Slot::idle();
        self.items.clear();
        self.texts.clear();
        self.sorted.clear();
        self.rematch();
    }

    /// Adds a page; a stale one is ignored.
    pub(crate) fn page(&mut self, id: RequestId, page: Page<T>) {
        if !self.load.is_current(id) {
            return;
        }
        match page {
            Page::More(items) => self.extend(items),
            Page::End => self.load.data = Remote::Ready(()),
            Page::Failed(explanation) => self.load.data = Remote::Failed(explanation),
        }
    }

    /// Inserts items in sorted order. A cursor that was moved stays on its item.
    pub fn extend(&mut self, new: impl IntoIterator<Item = T>) {
        let (cursor, top) = (self.search.cursor, self.search.top);
        let held = self.search.matches.get(cursor).copied().filter(|_| cursor > 0);
        let first = self.items.len();
        self.items.extend(new);
        self.texts.extend(self.items[first..].iter().map(|item| Utf32String::from(nfc(&(self.text)(item)).as_ref())));
        let compare = |a: u32, b: u32| (self.order)(&self.items[a as usize], &self.items[b as usize]);
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
        if let Some(at) = at {
            self.search.cursor = at;
            self.search.top = top.map(|top| (top + at).saturating_sub(cursor));
        }
    }

    /// Replaces all items. The cursor moves to the item that `held` accepts, or keeps its row.
    pub(crate) fn replace(&mut self, items: impl IntoIterator<Item = T>, held: impl Fn(&T) -> bool) {
        let (before, top) = (self.search.cursor, self.search.top);
        self.items.clear();
        self.texts.clear();
        self.sorted.clear();
        self.search.matches.clear();
        self.extend(items);
        let at = self.matches(0).position(held).unwrap_or(before);
        self.search.cursor = at.min(self.search.len().saturating_sub(1));
        self.search.top = top.map(|top| (top + self.search.cursor).saturating_sub(before));
    }

    pub(crate) fn show_only(&mut self, shown: fn(&T) -> bool) {
        self.shown = shown;
        self.rematch();
    }

    /// Moves a cursor that was not moved yet to the present choice.
    pub(crate) fn point_at_choice(&mut self, is_chosen: impl Fn(&T) -> bool) {
        if self.search.cursor == 0 && self.search.filter.value().is_empty() {
            let at = self.matches(0).position(is_chosen);
            self.search.cursor = at.unwrap_or_default();
        }
    }

    /// Filters all items again; best matches first, ties in list order.
    pub fn rematch(&mut self) {
        self.matched.clear();
        self.narrow();
    }

    /// Filters after a key. A longer filter only narrows the matches; a shorter one returns to cached matches.
    pub fn narrow(&mut self) {
        (self.search.cursor, self.search.top) = (0, None);
        let filter = nfc(self.search.filter.value().trim()).into_owned();
        self.matched.retain(|matched| filter.starts_with(&matched.filter));
        if filter.is_empty() {
            self.search.matches = self.sorted.iter().filter(|index| self.is_shown(**index)).copied().collect();
            return;
        }
        let before = self.matched.last();
        if before.is_none_or(|before| before.filter != filter) {
            let found = self.find(filter, before);
            self.matched.push(found);
        }
        if let Some(FilterMatches { matches, by, .. }) = self.matched.last() {
            (self.search.matches, self.search.by) = (matches.clone(), *by);
        }
    }

    /// Finds the matches among those of a shorter filter, or among all items.
    fn find(&self, filter: String, before: Option<&FilterMatches>) -> FilterMatches {
        let mut needle = Filter::new(&filter);
        let among = |by| before.filter(|before| before.by == by).map(|before| &before.matches);
        // Where no text has all words of a shorter filter, none has those of a longer one.
        let has_words = before.is_none_or(|before| before.by == Closeness::Words);
        let words = has_words.then(|| self.best(&mut needle, Closeness::Words, among(Closeness::Words)));
        match words.filter(|words| !words.is_empty()) {
            Some(matches) => FilterMatches { filter, matches, by: Closeness::Words },
            None => {
                let matches = self.best(&mut needle, Closeness::Letters, among(Closeness::Letters));
                FilterMatches { filter, matches, by: Closeness::Letters }
            }
        }
    }

    /// Ranks matches among the given indices, or among all items.
    fn best(&self, filter: &mut Filter, by: Closeness, among: Option<&Vec<u32>>) -> Vec<u32> {
        // Reads the texts in memory order; in list order, each read would miss the cache.
        let mut scores: Vec<Option<u32>> = vec![None; self.items.len()];
        let mut score = |index: u32| {
            if self.is_shown(index) {
                scores[index as usize] = filter.score(&self.texts[index as usize], by);
            }
        };
        match among {
            Some(among) => {
                let mut among = among.clone();
                among.sort_unstable();
                among.into_iter().for_each(&mut score);
            }
            None => (0..).zip(&self.items).for_each(|(index, _)| score(index)),
        }
        let scored = self.sorted.iter().filter_map(|index| Some((scores[*index as usize]?, *index)));
        best_first(&scored.collect::<Vec<_>>())
    }

    fn is_shown(&self, index: u32) -> bool {
        (self.shown)(&self.items[index as usize])
    }

    pub fn under_cursor(&self) -> Option<&T> {
        self.matches(self.search.cursor).next()
    }

    /// Matches from index `first` on.
    pub fn matches(&self, first: usize) -> impl Iterator<Item = &T> {
        self.search.matches.iter().skip(first).map(|&index| &self.items[index as usize])
    }

    /// All items in order of arrival, filtered or not.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
    }

    /// The number of items, filtered or not.
    pub fn total(&self) -> usize {
        self.items.len()
    }

    /// Matches and items, as `12/340`.
    pub fn count(&self) -> String {
        format!("{}/{}", self.search.len(), self.total())
    }
}

impl Search {
    pub fn len(&self) -> usize {
        self.matches.len()
    }

    pub fn is_empty(&self) -> bool {
        self.matches.is_empty()
    }

    pub(crate) fn step(&mut self, by: isize) {
        let last = self.matches.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
        self.top = None;
    }

    /// Moves the cursor to a row while `top` stays the first visible match.
    pub(crate) fn point_at(&mut self, row: usize, top: usize) {
        self.cursor = row.min(self.matches.len().saturating_sub(1));
        self.top = Some(top);
    }

    /// The characters of a shown text that match the filter.
    pub(crate) fn matching(&self, text: &str) -> Vec<u32> {
        match self.filter.value().trim() {
            "" => Vec::new(),
            filter => Filter::new(filter).matching(Utf32String::from(text).slice(..), self.by),
        }
    }

    /// The first visible match in a view of `height` rows.
    pub fn first_in_sight(&self, height: usize) -> usize {
        let in_the_middle = self.cursor.saturating_sub(height / 2);
        let has_cursor = |top: &usize| (*top..top.saturating_add(height)).contains(&self.cursor);
        self.top.filter(has_cursor).unwrap_or(in_the_middle).min(self.len().saturating_sub(height))
    }
}

/// Sorts indices by descending score, stably.
fn best_first(scored: &[(u32, u32)]) -> Vec<u32> {
    let highest = scored.iter().map(|(score, _)| *score).max().unwrap_or(0) as usize;
    // Counting sort: scores are small numbers.
    let mut places = vec![0_usize; highest + 2];
    for (score, _) in scored {
        places[highest - *score as usize + 1] += 1;
    }
    for at in 1..places.len() {
        places[at] += places[at - 1];
    }
    let mut sorted = vec![0; scored.len()];
    for (score, index) in scored {
        let place = &mut places[highest - *score as usize];
        sorted[*place] = *index;
        *place += 1;
    }
    sorted
}
