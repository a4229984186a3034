//! What a gateway stands on, and what is known of each.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use oasis_core::Timestamp;
use serde::Serialize;
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use crate::clock;

/// What is known of something outside that a host depends on: told as it happens, shown by
/// `/readyz` with its age. It never makes the gateway unready: that is for what deliveries need.
///
/// ```
/// # use std::sync::Arc;
/// # use oasis_axum::Oasis;
/// # use oasis_core::{KeyRing, MemoryStore, Secret};
/// # let ring = KeyRing::new(Secret::new("It's a Secret to Everybody")?);
/// # let oasis = Oasis::new(Arc::new(MemoryStore::new(oasis_axum::now)), &ring);
/// let mirror = oasis.depends_on("mirror");
/// mirror.failing("503 from the mirror");
/// mirror.well("it has all events");
/// # Ok::<(), oasis_core::EmptySecret>(())
/// ```
#[derive(Clone)]
pub struct Evidence {
    name: Arc<str>,
    seen: Arc<Mutex<Option<Seen>>>,
}

#[derive(Clone)]
struct Seen {
    ok: bool,
    at: Timestamp,
    detail: String,
}

impl Evidence {
    pub(crate) fn of(name: &str) -> Self {
        Self { name: name.into(), seen: Arc::default() }
    }

    /// It did just now what it is for; `detail` says what was seen.
    pub fn well(&self, detail: impl Into<String>) {
        self.tell(true, detail.into());
    }

    /// It didn't; `detail` says what was seen, for those who may read. No secret belongs there.
    pub fn failing(&self, detail: impl Into<String>) {
        self.tell(false, detail.into());
    }

    fn tell(&self, ok: bool, detail: String) {
        let seen = Seen { ok, at: clock::now(), detail };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }

    pub(crate) fn dependency(&self) -> Dependency {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match seen {
            Some(Seen { ok, at, detail }) => Dependency::seen(&*self.name, ok, at, detail),
            None => Dependency::new(&*self.name, true, "it was not needed yet"),
        }
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Something that the gateway stands on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Dependency {
    name: String,
    pub(crate) ok: bool,
    /// What was seen; for those who may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, nullable = false))]
    detail: Option<String>,
    /// When it was seen; for those who may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, nullable = false))]
    seen_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>, nullable = false))]
    age_seconds: Option<u64>,
}

impl Dependency {
    /// Without a moment at which it was seen.
    pub(crate) fn new(name: impl Into<String>, ok: bool, detail: impl Into<String>) -> Self {
        let detail = Some(detail.into());
        Self { name: name.into(), ok, detail, seen_at: None, age_seconds: None }
    }

    pub(crate) fn seen(
        name: impl Into<String>,
        ok: bool,
        at: Timestamp,
        detail: impl Into<String>,
    ) -> Self {
        let age = clock::now().unix_millis().saturating_sub(at.unix_millis()).max(0);
        let age_seconds = u64::try_from(age / 1000).ok();
        Self { seen_at: Some(at), age_seconds, ..Self::new(name, ok, detail) }
    }

    /// The same for who may not read: whether it is well, and no evidence.
    pub(crate) fn for_strangers(self) -> Self {
        Self { detail: None, seen_at: None, age_seconds: None, ..self }
    }
}
