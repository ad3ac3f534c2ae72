//! Exports: rows that are read in bounded batches, and streamed as CSV or JSON lines. Between two batches nothing is held in
//! the database, so an export of any size does not delay the shop.

use super::csv;
use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, str::FromStr};

/// Rows that an export reads at once.
pub const EXPORT_BATCH: u32 = 500;

/// An error of an export that is under way.
pub type ExportError = Box<dyn std::error::Error + Send + Sync>;

/// The bytes of an export. An error after the first bytes ends the stream, so that a partial export is not taken for a whole
/// one.
pub type ExportStream = BoxStream<'static, Result<Bytes, ExportError>>;

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ExportFormat {
    /// Comma-separated values with a header (RFC 4180). No cell is a formula.
    Csv,
    /// One JSON object on each line.
    JsonLines,
}

/// The text is not the name of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the format of an export is csv or jsonl")]
pub struct ExportFormatError;

impl ExportFormat {
    /// The name, which also ends the file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }
}

impl FromStr for ExportFormat {
    type Err = ExportFormatError;

    fn from_str(name: &str) -> Result<Self, ExportFormatError> {
        [Self::Csv, Self::JsonLines].into_iter().find(|format| format.name() == name).ok_or(ExportFormatError)
    }
}

impl TryFrom<String> for ExportFormat {
    type Error = ExportFormatError;

    fn try_from(name: String) -> Result<Self, ExportFormatError> {
        name.parse()
    }
}

/// The rows of an export.
pub trait ExportRows: Send + 'static {
    /// One row. It serialises as its line of JSON.
    type Row: Serialize + Send;
    /// Why rows cannot be read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Names of the columns.
    const COLUMNS: &'static [&'static str];

    /// Reads the next batch of rows; `None` after the last one.
    fn next_batch(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Row>>, Self::Error>> + Send;

    /// Returns a row's cells, one for each column.
    fn cells(row: &Self::Row) -> Vec<Cow<'_, str>>;
}

/// Streams all rows. The first batch is read at once, so that a database that cannot be read is a proper error.
///
/// # Errors
///
/// The first batch cannot be read.
pub async fn stream_rows<R: ExportRows>(mut rows: R, format: ExportFormat) -> Result<ExportStream, R::Error> {
    let first = rows.next_batch().await?;
    let header = match format {
        ExportFormat::Csv => csv::rows([R::COLUMNS.iter().map(|column| Cow::Borrowed(*column))]).unwrap_or_default(),
        ExportFormat::JsonLines => Vec::new(),
    };
    let header = stream::once(async { Ok(Bytes::from(header)) });
    let batches = stream::try_unfold((rows, first, true), move |(mut rows, first, is_first)| async move {
        let batch = if is_first { first } else { rows.next_batch().await? };
        let Some(batch) = batch else { return Ok(None) };
        Ok::<_, ExportError>(Some((encode::<R>(&batch, format)?, (rows, None, false))))
    });
    Ok(header.chain(batches).boxed())
}

fn encode<R: ExportRows>(batch: &[R::Row], format: ExportFormat) -> Result<Bytes, ExportError> {
    match format {
        ExportFormat::Csv => Ok(csv::rows(batch.iter().map(R::cells))?.into()),
        ExportFormat::JsonLines => {
            let mut lines = Vec::new();
            for row in batch {
                serde_json::to_writer(&mut lines, row)?;
                lines.push(b'\n');
            }
            Ok(lines.into())
        }
    }
}

/// Returns an export as a file to save, `<name>.csv` or `<name>.jsonl`.
pub fn response(stream: ExportStream, format: ExportFormat, name: &'static str) -> Response {
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.name());
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from_stream(stream)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::TryStreamExt as _;

    /// Batches of numbers. A batch of 13 cannot be read.
    struct Numbers(std::vec::IntoIter<Vec<u32>>);

    impl ExportRows for Numbers {
        type Row = (u32, String);
        type Error = std::fmt::Error;

        const COLUMNS: &'static [&'static str] = &["number", "text"];

        async fn next_batch(&mut self) -> Result<Option<Vec<Self::Row>>, std::fmt::Error> {
            let Some(batch) = self.0.next() else { return Ok(None) };
            if batch.contains(&13) {
                return Err(std::fmt::Error);
            }
            Ok(Some(batch.into_iter().map(|n| (n, format!("={n}"))).collect()))
        }

        fn cells((number, text): &Self::Row) -> Vec<Cow<'_, str>> {
            vec![number.to_string().into(), text.into()]
        }
    }

    async fn export(batches: Vec<Vec<u32>>, format: ExportFormat) -> Result<String, ExportError> {
        let chunks: Vec<_> = stream_rows(Numbers(batches.into_iter()), format).await?.try_collect().await?;
        Ok(String::from_utf8(chunks.concat())?)
    }

    #[tokio::test]
    async fn batches_follow_each_other_in_both_formats() {
        let batches = || vec![vec![1, 2], vec![3]];
        let csv = export(batches(), ExportFormat::Csv).await.unwrap();
        assert_eq!(csv, "number,text\r\n1,'=1\r\n2,'=2\r\n3,'=3\r\n");
        let lines = export(batches(), ExportFormat::JsonLines).await.unwrap();
        assert_eq!(lines, "[1,\"=1\"]\n[2,\"=2\"]\n[3,\"=3\"]\n");
        assert_eq!(export(vec![], ExportFormat::Csv).await.unwrap(), "number,text\r\n");
        assert_eq!(export(vec![], ExportFormat::JsonLines).await.unwrap(), "");
    }

    #[tokio::test]
    async fn a_failure_is_an_error_before_the_stream_and_within_it() {
        assert!(stream_rows(Numbers(vec![vec![13]].into_iter()), ExportFormat::Csv).await.is_err());
        let mut stream = stream_rows(Numbers(vec![vec![1], vec![13]].into_iter()), ExportFormat::Csv).await.unwrap();
        let ends: Vec<bool> =
            std::iter::from_fn(|| futures::executor::block_on(stream.next())).map(|r| r.is_ok()).collect();
        assert_eq!(ends, [true, true, false]);
    }

    #[test]
    fn formats_have_names() {
        assert_eq!("csv".parse(), Ok(ExportFormat::Csv));
        assert_eq!("jsonl".parse(), Ok(ExportFormat::JsonLines));
        assert_eq!("xls".parse::<ExportFormat>(), Err(ExportFormatError));
    }
}
