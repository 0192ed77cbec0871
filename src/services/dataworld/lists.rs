//! The lists of datasets, projects and organizations, page by page.

use std::collections::{HashMap, HashSet};

use super::answers::{DatasetAnswer, Page, Record, UserAnswer};
use super::{DataWorld, Dataset, Listed, Organization, Shelf};
use crate::export::DatasetKey;
use crate::services::http::{Action, ApiError, Broken};

const PAGE: &str = "100";
/// Without this, a page would contain every file of every dataset. Lists of projects do not know it (data.world API,
/// `/user/projects/own`).
const FIELDS: &str = "id,owner,title,accessLevel,visibility,isProject,created,updated,status";
const LONGEST_TOKEN: usize = 4_096;

/// The remaining budget for all lists of one request together. Without it, endless lists, or endless organizations,
/// would fill the memory.
struct Budget {
    pages: usize,
    records: usize,
    /// Bytes of text, a stricter limit for records with much of it.
    bytes: usize,
}

impl Budget {
    fn for_everything() -> Self {
        Self { pages: 2_500, records: 200_000, bytes: 16 << 20 }
    }

    /// Liked datasets were clicked one by one.
    fn for_liked() -> Self {
        Self { pages: 200, records: 10_000, bytes: 1 << 20 }
    }

    /// Keeps only the records within the budget; returns whether these are all.
    fn take<T: Record>(&mut self, records: &mut Vec<T>) -> bool {
        let mut fits = |record: &T| {
            let left = self.records.checked_sub(1).zip(self.bytes.checked_sub(record.text()));
            // An exhausted budget stays exhausted, even for a smaller record.
            (self.records, self.bytes) = left.unwrap_or_default();
            left.is_some()
        };
        let fit = records.iter().take_while(|record| fits(record)).count();
        let is_all = fit == records.len();
        records.truncate(fit);
        is_all
    }

    fn is_full(&self) -> bool {
        self.pages == 0 || self.records == 0 || self.bytes == 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Datasets,
    Projects,
}

impl DataWorld {
    /// Lists all datasets that the user may know of, each once: own, contributing, and of their organizations.
    /// `on_page` gets them as they come. Returns the first failure of a later list.
    ///
    /// # Errors
    /// When not even the user's own datasets can be listed.
    pub async fn datasets(&self, mut on_page: impl FnMut(Vec<Dataset>)) -> Result<Option<ApiError>, ApiError> {
        let mut known = HashSet::new();
        let mut add = |page: Vec<Dataset>| {
            let new: Vec<Dataset> = page.into_iter().filter(|dataset| known.insert(dataset.key.clone())).collect();
            if !new.is_empty() {
                on_page(new);
            }
        };
        let budget = &mut Budget::for_everything();
        self.list(budget, Kind::Datasets, &["user", "datasets", "own"], &mut add).await?;
        let mut failure =
            self.list(budget, Kind::Datasets, &["user", "datasets", "contributing"], &mut add).await.err();
        failure = failure.or(self.of_organizations(budget, &mut add).await.err());
        Ok(failure)
    }

    /// Lists everything that the user may browse, each once: own, contributing, of their organizations, and liked;
    /// datasets and projects. `on_page` gets them as they come. Returns the first failure of a later list.
    ///
    /// # Errors
    /// When not even the user's own datasets can be listed.
    pub async fn everything(&self, mut on_page: impl FnMut(Vec<Listed>)) -> Result<Option<ApiError>, ApiError> {
        // Liked items come first, since the other lists contain them too.
        let mut liked = HashMap::new();
        let mut like = |page: Vec<Dataset>| liked.extend(page.into_iter().map(|it| (it.key.clone(), it)));
        let mut failure = self.liked_within(&mut Budget::for_liked(), &mut like).await.err();
        let mut known = HashSet::new();
        let mut add = |shelf, datasets: Vec<Dataset>| {
            let new = datasets.into_iter().filter(|dataset| known.insert(dataset.key.clone()));
            let new: Vec<_> =
                new.map(|it| Listed { liked: liked.remove(&it.key).is_some(), dataset: it, shelf }).collect();
            if !new.is_empty() {
                on_page(new);
            }
        };
        let budget = &mut Budget::for_everything();
        self.list(budget, Kind::Datasets, &["user", "datasets", "own"], |page| add(Shelf::Own, page)).await?;
        for (kind, path, shelf) in [
            (Kind::Projects, ["user", "projects", "own"], Shelf::Own),
            (Kind::Datasets, ["user", "datasets", "contributing"], Shelf::Contributing),
            (Kind::Projects, ["user", "projects", "contributing"], Shelf::Contributing),
        ] {
            failure = failure.or(self.list(budget, kind, &path, |page| add(shelf, page)).await.err());
        }
        failure = failure.or(self.of_organizations(budget, |page| add(Shelf::Organization, page)).await.err());
        let rest: Vec<Listed> =
            liked.into_values().map(|dataset| Listed { dataset, shelf: Shelf::Liked, liked: true }).collect();
        if !rest.is_empty() {
            on_page(rest);
        }
        Ok(failure)
    }

    /// Lists the datasets and projects that the user likes.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn liked(&self, mut on_page: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        self.liked_within(&mut Budget::for_everything(), &mut on_page).await
    }

    async fn liked_within(&self, budget: &mut Budget, on_page: &mut impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        self.list(budget, Kind::Datasets, &["user", "datasets", "liked"], &mut *on_page).await?;
        self.list(budget, Kind::Projects, &["user", "projects", "liked"], on_page).await
    }

    /// Lists the projects that the user owns or contributes to, each once.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn projects(&self, mut on_page: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        let mut known: HashSet<DatasetKey> = HashSet::new();
        let mut add = |page: Vec<Dataset>| {
            on_page(page.into_iter().filter(|project| known.insert(project.key.clone())).collect());
        };
        let budget = &mut Budget::for_everything();
        self.list(budget, Kind::Projects, &["user", "projects", "own"], &mut add).await?;
        self.list(budget, Kind::Projects, &["user", "projects", "contributing"], &mut add).await
    }

    /// Lists the datasets of one owner that the user may know of.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn datasets_of(&self, owner: &str, on_page: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        self.list(&mut Budget::for_everything(), Kind::Datasets, &["datasets", owner], on_page).await
    }

    /// Lists the datasets of all organizations. Returns the first failure, after listing the others.
    async fn of_organizations(&self, budget: &mut Budget, mut add: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        let (organizations, mut listed) = self.organizations_within(budget).await;
        for Organization { id, .. } in organizations {
            if budget.is_full() {
                return listed.and(Err(self.endless()));
            }
            listed = listed.and(self.list(budget, Kind::Datasets, &["datasets", &id], &mut add).await);
        }
        listed
    }

    /// Lists the user's organizations. A server without such a list has none.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn organizations(&self) -> Result<Vec<Organization>, ApiError> {
        let (all, listed) = self.organizations_within(&mut Budget::for_everything()).await;
        listed.map(|()| all)
    }

    async fn organizations_within(&self, budget: &mut Budget) -> (Vec<Organization>, Result<(), ApiError>) {
        let mut all = Vec::new();
        let mut add = |page: Vec<UserAnswer>| all.extend(page.into_iter().map(UserAnswer::into_organization));
        match self.pages(budget, &["user", "organizations"], None, &mut add).await {
            Err(error) if matches!(error.status(), Some(403 | 404)) => (Vec::new(), Ok(())),
            listed => (all, listed),
        }
    }

    async fn list(
        &self,
        budget: &mut Budget,
        kind: Kind,
        path: &[&str],
        mut on_page: impl FnMut(Vec<Dataset>),
    ) -> Result<(), ApiError> {
        let mut add = |page: Vec<DatasetAnswer>| {
            let datasets = page.into_iter().filter_map(DatasetAnswer::listed);
            on_page(datasets.map(|it| Dataset { is_project: it.is_project || kind == Kind::Projects, ..it }).collect());
        };
        self.pages(budget, path, (kind == Kind::Datasets).then_some(FIELDS), &mut add).await
    }

    async fn pages<T: Record>(
        &self,
        budget: &mut Budget,
        path: &[&str],
        fields: Option<&str>,
        add: &mut impl FnMut(Vec<T>),
    ) -> Result<(), ApiError> {
        let url = self.url(Action::List, path.iter().copied())?;
        let mut seen = HashSet::new();
        let mut next: Option<String> = None;
        while !budget.is_full() {
            budget.pages -= 1;
            let mut query = vec![("limit", PAGE)];
            query.extend(fields.map(|fields| ("fields", fields)));
            query.extend(next.as_deref().map(|next| ("next", next)));
            let page: Page<T> = self.json(Action::List, || self.get(&url).query(&query)).await?;
            let (mut records, token) = page.into_parts();
            let is_whole = budget.take(&mut records);
            add(records);
            match token {
                None if is_whole => return Ok(()),
                // A repeated token would lead round in a circle.
                Some(token) if is_whole && token.len() <= LONGEST_TOKEN && seen.insert(token.clone()) => {
                    next = Some(token);
                }
                _ => break,
            }
        }
        Err(self.endless())
    }

    fn endless(&self) -> ApiError {
        self.error(Action::List, Broken::Unreadable("its list does not end".to_owned()))
    }
}
