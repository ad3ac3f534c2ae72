//! PNG files whose metadata would need much more memory than their pixels.

use super::*;

/// Length of the signature and the header chunk of a PNG file, in bytes.
const HEADER_BYTES: usize = 33;
/// Memory that the decoder counts for the compressed bytes of the bomb: its buffer doubles from 32 KiB up to 4 MiB.
const COMPRESSED_BYTES: u64 = 4 * 1024 * 1024 - 32 * 1024;
/// Less memory than one row of the picture needs.
const LEFT_BYTES: u64 = 16 * 1024;

/// A zlib stream of at most this many zeros, and at least 257 fewer: one literal, and repetitions of 258 bytes.
fn compressed_zeros(most: u64) -> Vec<u8> {
    let repetitions = (most - 1) / 258;
    let (mut stream, mut bits, mut count) = (vec![0x78, 0x01], 0_u8, 0);
    let mut put = |code: &str| {
        for bit in code.bytes() {
            bits |= (bit - b'0') << count;
            count += 1;
            if count == 8 {
                stream.push(bits);
                (bits, count) = (0, 0);
            }
        }
    };
    // The last block, with fixed codes; the literal 0.
    put("11000110000");
    for _ in 0..repetitions {
        // A length of 258 at a distance of 1.
        put("1100010100000");
    }
    // The end of the block, and bits that fill the last byte.
    put("0000000");
    put("0000000");
    // Adler-32: the first sum stays 1, and the second grows by it with each zero.
    let zeros = u32::try_from((1 + 258 * repetitions) % 65_521).unwrap();
    stream.extend((zeros << 16 | 1).to_be_bytes());
    stream
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    let crc = crc32(&[kind.as_slice(), data].concat()).to_be_bytes();
    [length.as_slice(), &kind, data, &crc].concat()
}

/// Adds chunks after the header of a PNG file.
fn with_chunks(file: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&file[..HEADER_BYTES], &chunks.concat(), &file[HEADER_BYTES..]].concat()
}

#[test]
fn a_bomb_in_the_metadata_is_never_inflated() {
    let plain = encoded(&corners(MAX_SIDE_PX, 4), ImageFormat::Png);
    let zeros = compressed_zeros(MAX_DECODER_BYTES - COMPRESSED_BYTES - LEFT_BYTES);
    let profile = chunk(*b"iCCP", &[b"bomb\0\0".as_slice(), &zeros].concat());
    assert!(profile.len() < MAX_UPLOAD_BYTES, "{} bytes", profile.len());
    let bomb = with_chunks(&plain, &[profile]);
    assert_eq!(without_metadata(&bomb), plain);
    // The decoder would count the inflated profile, and have no memory left for a row.
    assert_eq!(process(&bomb).unwrap().id, process(&plain).unwrap().id);
}

#[test]
fn only_what_the_pixels_need_is_left_of_a_png_file() {
    let plain = encoded(&corners(40, 30), ImageFormat::Png);
    let small = compressed_zeros(1000);
    let metadata = [
        chunk(*b"iCCP", &[b"profile\0\0".as_slice(), &small].concat()),
        chunk(*b"zTXt", &[b"text\0\0".as_slice(), &small].concat()),
        chunk(*b"iTXt", &[b"XML:com.adobe.xmp\0\x01\0\0\0".as_slice(), &small].concat()),
        chunk(*b"tEXt", b"Author\0Ada"),
        chunk(*b"tIME", &[7, 0xEA, 11, 28, 9, 0, 0]),
    ];
    assert_eq!(without_metadata(&with_chunks(&plain, &metadata)), plain);
    let needed = [chunk(*b"tRNS", &[0; 6]), chunk(*b"eXIf", b"II*\0\x08\0\0\0\0\0\0\0\0\0")];
    let file = with_chunks(&plain, &needed);
    assert_eq!(without_metadata(&file), file);
    for length in 0..file.len() {
        assert!(file[..length].starts_with(&without_metadata(&file[..length])), "{length}");
    }
    let unknown = with_chunks(&plain, &[chunk(*b"ABCD", b"")]);
    assert_refused(&unknown, |error| matches!(error, PictureError::Damaged));
}
