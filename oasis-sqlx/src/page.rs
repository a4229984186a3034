//! The end of a statement that reads a page, which all databases spell alike.

use oasis_core::{Order, Query};
use sqlx::{Database, Encode, QueryBuilder, Type};

use crate::row::number;

/// Appends from where, in which order and how many: one row more than the page has, so that it is
/// known whether there is a next one. What is there so far ends in a condition.
pub(crate) fn push_page<DB: Database>(select: &mut QueryBuilder<DB>, query: &Query)
where
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let (beyond, order) = match query.order {
        Order::Ascending => (" AND position > ", " ORDER BY position ASC LIMIT "),
        Order::Descending => (" AND position < ", " ORDER BY position DESC LIMIT "),
    };
    if let Some(after) = query.after {
        select.push(beyond).push_bind(number(after));
    }
    let rows = i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX);
    select.push(order).push_bind(rows);
    if query.offset > 0 {
        let offset = i64::try_from(query.offset).unwrap_or(i64::MAX);
        select.push(" OFFSET ").push_bind(offset);
    }
}
