//! Removes metadata from PNG files before they are decoded. The decoder inflates colour profiles, which can be a thousand
//! times larger than the file.

/// Length of the signature at the start of a PNG file, in bytes.
const SIGNATURE_BYTES: usize = 8;
/// Bytes of a chunk besides its data: its length, its type and its checksum.
const CHUNK_OVERHEAD: usize = 12;

/// Returns a PNG file with only the chunks that its pixels and its orientation need. A file that ends within a chunk still
/// does so afterwards.
pub(super) fn without_metadata(file: &[u8]) -> Vec<u8> {
    let (signature, mut rest) = file.split_at(SIGNATURE_BYTES.min(file.len()));
    let mut kept = Vec::with_capacity(file.len());
    kept.extend_from_slice(signature);
    while let [a, b, c, d, kind @ ..] = rest {
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let (chunk, after) = rest.split_at(length.saturating_add(CHUNK_OVERHEAD).min(rest.len()));
        if is_needed(kind) {
            kept.extend_from_slice(chunk);
        }
        rest = after;
    }
    kept
}

/// Whether a chunk that begins with this type is needed: critical chunks, whose types begin with a capital letter,
/// transparency, and the orientation.
fn is_needed(kind: &[u8]) -> bool {
    kind.first().is_some_and(u8::is_ascii_uppercase) || kind.starts_with(b"tRNS") || kind.starts_with(b"eXIf")
}
