//! Just enough BER to write a request that carries a password.
//!
//! The codec library writes through several buffers that it neither wipes nor keeps out of
//! its `Debug`. Requests with a password in them are therefore never values of that library:
//! they are bytes from the start, in buffers that are made in their final size and wiped.

use zeroize::Zeroizing;

/// Bytes that may hold a password.
pub(crate) type Bytes = Zeroizing<Vec<u8>>;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// One element: tag, length, and the parts one after the other.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Bytes {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + 1 + 1 + size_of::<usize>()));
    bytes.push(tag);
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            let long = length.to_be_bytes();
            let zeros = long.iter().take_while(|byte| **byte == 0).count();
            // At most eight bytes of length: the count fits.
            bytes.push(0x80 | u8::try_from(long.len() - zeros).unwrap_or(8));
            bytes.extend(long.iter().skip(zeros));
        }
    }
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

/// A non-negative integer in as few bytes as it takes.
pub(crate) fn integer(tag: u8, value: i32) -> Bytes {
    let long = value.max(0).to_be_bytes();
    let zeros = long.iter().take_while(|byte| **byte == 0).count();
    let digits: Vec<u8> = long.iter().skip(zeros.min(3)).copied().collect();
    // A leading one would be read as a sign.
    match digits.first() {
        Some(first) if first & 0x80 != 0 => element(tag, &[&[0], &digits]),
        _ => element(tag, &[&digits]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_integers() {
        assert_eq!(
            element(OCTET_STRING, &[b"ab", b"c"]).as_slice(),
            b"\x04\x03abc"
        );
        assert_eq!(element(4, &[&[0; 0x80]]).get(..3).unwrap(), [4, 0x81, 0x80]);
        assert_eq!(
            element(4, &[&[0; 0x100]]).get(..4).unwrap(),
            [4, 0x82, 1, 0]
        );
        assert_eq!(integer(INTEGER, 0).as_slice(), [2, 1, 0]);
        assert_eq!(integer(INTEGER, 127).as_slice(), [2, 1, 127]);
        assert_eq!(integer(INTEGER, 128).as_slice(), [2, 2, 0, 128]);
        assert_eq!(
            integer(INTEGER, i32::MAX).as_slice(),
            [2, 4, 127, 255, 255, 255]
        );
    }

    #[test]
    fn a_buffer_never_grows() {
        for length in [0, 127, 128, 255, 256, 70_000] {
            let bytes = element(4, &[&vec![7; length]]);
            assert!(bytes.capacity() >= bytes.len() && bytes.capacity() <= length + 10);
        }
    }
}
