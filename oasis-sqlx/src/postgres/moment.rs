//! Moments as Postgres sends them.

use oasis_core::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef, Postgres};
use sqlx::{Decode, Encode, Type};

/// 2000-01-01T00:00:00Z, from which Postgres counts, in milliseconds since the Unix epoch.
const POSTGRES_EPOCH: i64 = 946_684_800_000;
/// `timestamptz` and its array in the catalogue, where they never change.
const TIMESTAMPTZ: u32 = 1184;
const TIMESTAMPTZ_ARRAY: u32 = 1185;

/// A `timestamptz`. Finer than a millisecond is cut off, `infinity` is the last moment there is:
/// whatever the column holds can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Timestamp);

impl Type<Postgres> for Moment {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(sqlx::postgres::types::Oid(TIMESTAMPTZ))
    }
}

impl PgHasArrayType for Moment {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(sqlx::postgres::types::Oid(TIMESTAMPTZ_ARRAY))
    }
}

impl Encode<'_, Postgres> for Moment {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // From the year 0 to 9999, so nothing overflows.
        let micros = (self.0.unix_millis() - POSTGRES_EPOCH) * 1000;
        buffer.extend_from_slice(&micros.to_be_bytes());
        Ok(IsNull::No)
    }
}

impl<'r> Decode<'r, Postgres> for Moment {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let micros = i64::from_be_bytes(value.as_bytes()?.try_into()?);
        let millis = micros.div_euclid(1000).saturating_add(POSTGRES_EPOCH);
        Ok(Self(Timestamp::from_unix_millis(millis)))
    }
}
