//! The lists of datasets, projects and organisations, page by page.

use std::collections::{HashMap, HashSet};

use serde::de::DeserializeOwned;

use super::answers::{DatasetAnswer, Page, UserAnswer};
use super::{DataWorld, Dataset, Listed, Organization, Shelf, call, encoded};
use crate::export::DatasetKey;
use crate::http::{Action, ApiError, Broken};

/// The most records that a page may hold.
const PAGE: &str = "100";
/// Without this, a page would hold every file of every dataset. Lists of projects do not know it.
const FIELDS: &str = "id,owner,title,accessLevel,visibility,isProject,created,updated,status";
/// A list with more pages than this is cut off: it would never end.
const MOST_PAGES: usize = 2_000;
/// As is one with more records than this.
const MOST_RECORDS: usize = 200_000;

/// The longest token of a next page that fits an address.
const LONGEST_TOKEN: usize = 4_096;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Datasets,
    Projects,
}

impl DataWorld {
    /// All datasets that the user may know of: own, contributing, and those of their organisations, each once.
    /// `on_page` gets them as they come; whether all organisations could be listed is in what is returned: the first
    /// failure of one of the later lists.
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
        self.list(Kind::Datasets, "/user/datasets/own", &mut add).await?;
        let mut failure = self.list(Kind::Datasets, "/user/datasets/contributing", &mut add).await.err();
        match self.organizations().await {
            Ok(organizations) => {
                for Organization { id, .. } in organizations {
                    failure = failure.or(self.datasets_of(&id, &mut add).await.err());
                }
            }
            Err(error) => failure = failure.or(Some(error)),
        }
        Ok(failure)
    }

    /// Everything that the user may browse: own, contributing, of their organisations, and liked; datasets and projects,
    /// each once. `on_page` gets them as they come. What is returned is the first failure of one of the lists.
    ///
    /// # Errors
    /// When not even the user's own datasets can be listed.
    pub async fn everything(&self, mut on_page: impl FnMut(Vec<Listed>)) -> Result<Option<ApiError>, ApiError> {
        // What is liked comes first, for it is a property of what the other lists have.
        let mut liked = HashMap::new();
        let mut failure = self.liked(|page| liked.extend(page.into_iter().map(|it| (it.key.clone(), it)))).await.err();
        let mut known = HashSet::new();
        let mut add = |shelf, datasets: Vec<Dataset>| {
            let new = datasets.into_iter().filter(|dataset| known.insert(dataset.key.clone()));
            let new: Vec<_> =
                new.map(|it| Listed { liked: liked.remove(&it.key).is_some(), dataset: it, shelf }).collect();
            if !new.is_empty() {
                on_page(new);
            }
        };
        self.list(Kind::Datasets, "/user/datasets/own", |page| add(Shelf::Own, page)).await?;
        for (kind, path, shelf) in [
            (Kind::Projects, "/user/projects/own", Shelf::Own),
            (Kind::Datasets, "/user/datasets/contributing", Shelf::Contributing),
            (Kind::Projects, "/user/projects/contributing", Shelf::Contributing),
        ] {
            failure = failure.or(self.list(kind, path, |page| add(shelf, page)).await.err());
        }
        match self.organizations().await {
            Ok(organizations) => {
                for Organization { id, .. } in organizations {
                    let listed = self.datasets_of(&id, |page| add(Shelf::Organization, page)).await;
                    failure = failure.or(listed.err());
                }
            }
            Err(error) => failure = failure.or(Some(error)),
        }
        let rest: Vec<Listed> =
            liked.into_values().map(|dataset| Listed { dataset, shelf: Shelf::Liked, liked: true }).collect();
        if !rest.is_empty() {
            on_page(rest);
        }
        Ok(failure)
    }

    /// The datasets and projects that the user likes: bookmarks.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn liked(&self, mut on_page: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        self.list(Kind::Datasets, "/user/datasets/liked", &mut on_page).await?;
        self.list(Kind::Projects, "/user/projects/liked", &mut on_page).await
    }

    /// The projects that the user owns or contributes to, each once.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn projects(&self, mut on_page: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        let mut known: HashSet<DatasetKey> = HashSet::new();
        let mut add = |page: Vec<Dataset>| {
            on_page(page.into_iter().filter(|project| known.insert(project.key.clone())).collect());
        };
        self.list(Kind::Projects, "/user/projects/own", &mut add).await?;
        self.list(Kind::Projects, "/user/projects/contributing", &mut add).await
    }

    /// The datasets of one owner that the user may know of.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn datasets_of(&self, owner: &str, on_page: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        self.list(Kind::Datasets, &format!("/datasets/{}", encoded(owner)), on_page).await
    }

    /// The organisations that the user belongs to. A server without such a list has none.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn organizations(&self) -> Result<Vec<Organization>, ApiError> {
        let mut all = Vec::new();
        let mut add = |page: Vec<UserAnswer>| all.extend(page.into_iter().map(UserAnswer::into_organization));
        match self.pages("/user/organizations", None, &mut add).await {
            Err(error) if matches!(error.status(), Some(403 | 404)) => Ok(Vec::new()),
            Err(error) => Err(error),
            Ok(()) => Ok(all),
        }
    }

    async fn list(&self, kind: Kind, path: &str, mut on_page: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        let mut add = |page: Vec<DatasetAnswer>| {
            let datasets = page.into_iter().filter_map(|answer| answer.into_dataset(None));
            on_page(datasets.map(|it| Dataset { is_project: it.is_project || kind == Kind::Projects, ..it }).collect());
        };
        self.pages(path, (kind == Kind::Datasets).then_some(FIELDS), &mut add).await
    }

    async fn pages<T: DeserializeOwned>(
        &self,
        path: &str,
        fields: Option<&str>,
        add: &mut impl FnMut(Vec<T>),
    ) -> Result<(), ApiError> {
        let mut seen = HashSet::new();
        let mut next: Option<String> = None;
        let mut left = MOST_RECORDS;
        for _ in 0..MOST_PAGES {
            let mut query = vec![("limit", PAGE)];
            query.extend(fields.map(|fields| ("fields", fields)));
            query.extend(next.as_deref().map(|next| ("next", next)));
            let page: Page<T> = self.json(call(Action::List), || self.get(path).query(&query)).await?;
            let (mut records, token) = page.into_parts();
            records.truncate(left);
            left -= records.len();
            add(records);
            let Some(token) = token else { return Ok(()) };
            // A token that comes again would lead round in a circle.
            if left == 0 || token.len() > LONGEST_TOKEN || !seen.insert(token.clone()) {
                break;
            }
            next = Some(token);
        }
        Err(self.error(call(Action::List), Broken::Unreadable("its list does not end".to_owned())))
    }
}
