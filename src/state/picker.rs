//! A list to choose from, narrowed by typing.
//!
//! Items may arrive page by page while the person already types. What was matched is kept, and matched again only when
//! the filter or the items change: a hundred thousand items are matched in a few milliseconds.

use std::cmp::Ordering;

use nucleo_matcher::{Config, Matcher, Utf32String};
use tui_input::Input;

use super::message::Page;
use super::remote::{Remote, Request, Slot};
use crate::printable::nfc;

/// A list of `T`, the filter, and where the cursor is.
#[derive(Debug)]
pub struct Picker<T> {
    /// Filter, matches and cursor.
    pub search: Search,
    /// How far the list is: items may be there while it still loads, or although it failed.
    pub load: Slot<()>,
    /// The items, as they came.
    items: Vec<T>,
    /// What the filter is matched against, of each item.
    texts: Vec<Utf32String>,
    /// All items, in their order.
    sorted: Vec<u32>,
    text: fn(&T) -> String,
    order: fn(&T, &T) -> Ordering,
    shown: fn(&T) -> bool,
    /// What matches the filter, and what matched it on the way there.
    matched: Vec<Matched>,
}

/// What matches a filter, the best first.
#[derive(Debug)]
struct Matched {
    filter: String,
    matches: Vec<u32>,
}

/// The part of a picker that does not depend on what is picked.
#[derive(Debug, Default)]
pub struct Search {
    /// What was typed to narrow the list.
    pub filter: Input,
    /// Which match is under the cursor.
    pub cursor: usize,
    /// Which match is the first in sight, after the mouse; keys put the cursor in the middle again.
    top: Option<usize>,
    matches: Vec<u32>,
}

impl<T> Picker<T> {
    /// An empty list. The filter is matched against `text`; the items stand in `order`.
    pub fn new(text: fn(&T) -> String, order: fn(&T, &T) -> Ordering) -> Self {
        let (items, texts, sorted, matched) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (search, load) = (Search::default(), Slot::idle());
        Self { search, load, items, texts, sorted, text, order, shown: |_| true, matched }
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
        self.texts.clear();
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

    /// Takes these items in place of those that were there. The cursor goes to the one that `held` knows, or stays where
    /// it is.
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

    /// Shows only some of the items, whatever the filter is.
    pub(crate) fn show_only(&mut self, shown: fn(&T) -> bool) {
        self.shown = shown;
        self.rematch();
    }

    /// Matches the items against the filter: the best first, and those that match as well in their order.
    pub fn rematch(&mut self) {
        self.matched.clear();
        self.narrow();
    }

    /// As [`Picker::rematch`], after a key: where the filter has only grown, what did not match before does not now, and
    /// where it has shrunk, what matched then matches again.
    pub fn narrow(&mut self) {
        (self.search.cursor, self.search.top) = (0, None);
        let filter = nfc(self.search.filter.value().trim()).into_owned();
        self.matched.retain(|matched| filter.starts_with(&matched.filter));
        let before = self.matched.last();
        self.search.matches = match before.filter(|before| before.filter == filter) {
            Some(matched) => matched.matches.clone(),
            None if filter.is_empty() => self.sorted.iter().filter(|index| self.is_shown(**index)).copied().collect(),
            None => {
                let matches = self.best(&filter, before.map(|before| &before.matches));
                self.matched.push(Matched { filter, matches: matches.clone() });
                matches
            }
        };
    }

    /// What matches the filter, the best first, among all items or these.
    fn best(&self, filter: &str, among: Option<&Vec<u32>>) -> Vec<u32> {
        let mut needle = Needle::new(filter);
        // Texts are read as they lie in memory: in the order of the items, the processor would wait for each.
        let mut scores: Vec<Option<u32>> = vec![None; self.items.len()];
        let mut score = |index: u32| {
            if self.is_shown(index) {
                scores[index as usize] = needle.score(&self.texts[index as usize]);
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

    /// The item under the cursor.
    pub fn under_cursor(&self) -> Option<&T> {
        self.matches(self.search.cursor).next()
    }

    /// The matches from `first` on, best first.
    pub fn matches(&self, first: usize) -> impl Iterator<Item = &T> {
        self.search.matches.iter().skip(first).map(|&index| &self.items[index as usize])
    }

    /// All items, whether they match or not, as they came.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
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
        self.top = None;
    }

    /// Puts the cursor on a match, with `top` as the first in sight.
    pub(crate) fn point(&mut self, row: usize, top: usize) {
        self.cursor = row.min(self.matches.len().saturating_sub(1));
        self.top = Some(top);
    }

    /// The first match in sight, where `height` of them are and the cursor is among them.
    pub fn first_in_sight(&self, height: usize) -> usize {
        let in_the_middle = self.cursor.saturating_sub(height / 2);
        let has_cursor = |top: &usize| (*top..top.saturating_add(height)).contains(&self.cursor);
        self.top.filter(has_cursor).unwrap_or(in_the_middle).min(self.len().saturating_sub(height))
    }
}

/// What is looked for: words, all of which have to be there.
struct Needle {
    words: Vec<(Utf32String, Config)>,
    matcher: Matcher,
}

impl Needle {
    /// The words of a filter. One with a capital letter is looked for as it is, the others in any case; one without an
    /// accent also finds letters with one.
    fn new(filter: &str) -> Self {
        let word = |word: &str| {
            let mut config = Config::DEFAULT;
            config.ignore_case = !word.chars().any(char::is_uppercase);
            config.normalize = word.is_ascii();
            (Utf32String::from(word), config)
        };
        Self { words: filter.split_whitespace().map(word).collect(), matcher: Matcher::new(Config::DEFAULT) }
    }

    /// How well a text matches.
    fn score(&mut self, text: &Utf32String) -> Option<u32> {
        let mut score = 0;
        for (word, config) in &self.words {
            self.matcher.config = config.clone();
            // The best of all ways to match costs many times as much as the first one.
            score += u32::from(self.matcher.fuzzy_match_greedy(text.slice(..), word.slice(..))?);
        }
        Some(score)
    }
}

/// The items of `scored`, those with the highest score first, and of the same score in their order.
fn best_first(scored: &[(u32, u32)]) -> Vec<u32> {
    let highest = scored.iter().map(|(score, _)| *score).max().unwrap_or(0) as usize;
    // Scores are small numbers: counting how many there are of each is the fastest way to sort.
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
