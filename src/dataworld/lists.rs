//! The lists of datasets and organisations, page by page.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::answers::{DatasetAnswer, Page, UserAnswer};
use super::{DataWorld, Dataset, Organization, call, encoded};
use crate::http::{Action, ApiError};

/// The most records that a page may hold.
const PAGE: &str = "100";
/// Without this, a page would hold every file of every dataset.
const FIELDS: &str = "id,owner,title,accessLevel,visibility,isProject,created,updated,status";
/// A list with more pages than this is cut off: it would never end.
const MOST_PAGES: usize = 2_000;

impl DataWorld {
    /// All datasets that the user may know of: own, contributing, and those of their organisations, each once.
    /// `on_page` gets them as they come; whether all organisations could be listed is in what is returned: the first
    /// failure of one of the later lists.
    ///
    /// # Errors
    /// When not even the user's own datasets can be listed.
    pub async fn datasets(&self, mut on_page: impl FnMut(Vec<Dataset>)) -> Result<Option<ApiError>, ApiError> {
        let mut known = HashSet::new();
        let mut add = |page: Vec<DatasetAnswer>| {
            let datasets = page.into_iter().filter_map(|answer| answer.into_dataset(None));
            let new: Vec<Dataset> = datasets.filter(|dataset| known.insert(dataset.key.clone())).collect();
            if !new.is_empty() {
                on_page(new);
            }
        };
        self.pages("/user/datasets/own", Some(FIELDS), &mut add).await?;
        let mut failure = self.pages("/user/datasets/contributing", Some(FIELDS), &mut add).await.err();
        match self.organizations().await {
            Ok(organizations) => {
                for organization in organizations {
                    let path = format!("/datasets/{}", encoded(&organization.id));
                    failure = failure.or(self.pages(&path, Some(FIELDS), &mut add).await.err());
                }
            }
            Err(error) => failure = failure.or(Some(error)),
        }
        Ok(failure)
    }

    /// The datasets of one owner that the user may know of.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn datasets_of(&self, owner: &str, mut on_page: impl FnMut(Vec<Dataset>)) -> Result<(), ApiError> {
        let mut add = |page: Vec<DatasetAnswer>| {
            on_page(page.into_iter().filter_map(|answer| answer.into_dataset(None)).collect());
        };
        self.pages(&format!("/datasets/{}", encoded(owner)), Some(FIELDS), &mut add).await
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

    async fn pages<T: DeserializeOwned>(
        &self,
        path: &str,
        fields: Option<&str>,
        add: &mut impl FnMut(Vec<T>),
    ) -> Result<(), ApiError> {
        let mut seen = HashSet::new();
        let mut next: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = vec![("limit", PAGE)];
            query.extend(fields.map(|fields| ("fields", fields)));
            query.extend(next.as_deref().map(|next| ("next", next)));
            let page: Page<T> = self.http.json(call(Action::List), || self.get(path).query(&query)).await?;
            let (records, token) = page.into_parts();
            add(records);
            match token {
                // A token that comes again would lead round in a circle.
                Some(token) if seen.insert(token.clone()) => next = Some(token),
                _ => return Ok(()),
            }
        }
        Ok(())
    }
}
