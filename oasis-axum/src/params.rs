//! The parameters of a query string, strictly: what isn't understood is an error that names it.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Query as UrlQuery};
use axum::http::request::Parts;
use oasis_core::{EventFilter, UNSET};

use crate::problem::Problem;

/// The longest query string, in bytes.
const MAX_QUERY: usize = 8 * 1024;

/// The parameters that came, each at most once.
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.len() > MAX_QUERY) {
            let form = format!("the query string has more than {MAX_QUERY} bytes");
            return Err(Problem::malformed(form));
        }
        let UrlQuery(pairs) = UrlQuery::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::malformed("the query string is malformed"))?;
        for (n, (name, _)) in pairs.iter().enumerate() {
            if pairs.iter().skip(n + 1).any(|(other, _)| other == name) {
                return Err(Problem::malformed(format!(
                    "the parameter {name:?} came more than once"
                )));
            }
        }
        Ok(Self(pairs))
    }
}

impl Params {
    /// Takes a parameter out, if it is there.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Takes a parameter out and reads it.
    pub(crate) fn parse<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        value.parse().map(Some).map_err(|error| invalid(name, &error))
    }

    /// Takes out what says which events are meant.
    pub(crate) fn filter(&mut self) -> Result<EventFilter, Problem> {
        let vtid = match self.take("vtid").map(|vtid| vtid.to_ascii_uppercase()) {
            None => None,
            Some(vtid) if vtid == UNSET => Some(None),
            Some(vtid) => Some(Some(vtid.parse().map_err(|error| invalid("vtid", &error))?)),
        };
        Ok(EventFilter {
            vtid,
            layer: self.take("layer"),
            module: self.take("module"),
            source: self.take("source"),
            kind: self.take("kind"),
            status: self.parse("status")?,
            since: self.parse("since")?,
            until: self.parse("until")?,
            text: self.take("q"),
        })
    }

    /// Nothing may be left: a parameter that isn't known is a mistake, not a detail.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => {
                Err(Problem::malformed(format!("the parameter {name:?} is not known")))
            }
        }
    }
}

pub(crate) fn invalid(name: &str, error: &impl std::fmt::Display) -> Problem {
    Problem::malformed(format!("the parameter {name:?} is {error}"))
}
