//! Protobuf's wire format, as much of it as OTLP needs.
//!
//! Source: *Encoding* in protobuf's guide, <https://protobuf.dev/programming-guides/encoding/>.

use std::fmt;

/// The fields of a message, one after the other, in whatever order they were written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<u8>);

/// How a field's value is written; the low three bits of its key.
#[derive(Clone, Copy)]
enum WireType {
    Varint = 0,
    Fixed64 = 1,
    Delimited = 2,
    Fixed32 = 5,
}

/// Bytes of the longest varint.
const MAX_VARINT: usize = 10;

impl Fields {
    /// Fields in this memory, after so many bytes of room.
    pub(super) fn after(room: usize, mut memory: Vec<u8>) -> Self {
        memory.clear();
        memory.resize(room, 0);
        Self(memory)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Writes these fields before what comes after the room, in the room's last bytes, and says where
    /// they begin.
    pub(super) fn put_before(&mut self, room: usize, head: &Self) -> usize {
        let start = room - head.len();
        self.0[start..room].copy_from_slice(&head.0);
        start
    }

    /// Lets go of memory that is not needed: these fields stay as they are.
    pub(super) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    /// Fields that were encoded before.
    #[inline]
    pub(super) fn encoded(&mut self, fields: &Self) {
        self.0.extend_from_slice(&fields.0);
    }

    /// An `int64`, an enum or a `bool`.
    #[inline]
    pub(super) fn varint(&mut self, field: u32, value: u64) {
        self.key(field, WireType::Varint);
        self.raw_varint(value);
    }

    /// A `uint32` that is left out where it is zero.
    #[inline]
    pub(super) fn count(&mut self, field: u32, value: u32) {
        if value > 0 {
            self.varint(field, value.into());
        }
    }

    #[inline]
    pub(super) fn fixed32(&mut self, field: u32, value: u32) {
        self.key(field, WireType::Fixed32);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// A `fixed64` that is left out where it is zero.
    #[inline]
    pub(super) fn fixed64(&mut self, field: u32, value: u64) {
        if value > 0 {
            self.key(field, WireType::Fixed64);
            self.0.extend_from_slice(&value.to_le_bytes());
        }
    }

    #[inline]
    pub(super) fn double(&mut self, field: u32, value: f64) {
        self.key(field, WireType::Fixed64);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// Bytes, or a text that is there also where it is empty.
    #[inline]
    pub(super) fn bytes(&mut self, field: u32, value: &[u8]) {
        self.begin(field, value.len());
        self.0.extend_from_slice(value);
    }

    /// A text that is left out where it is empty.
    #[inline]
    pub(super) fn string(&mut self, field: u32, value: &str) {
        if !value.is_empty() {
            self.bytes(field, value.as_bytes());
        }
    }

    /// A message, or a text that is written bit by bit. Most are shorter than 128 bytes.
    #[inline]
    pub(super) fn message(&mut self, field: u32, write: impl FnOnce(&mut Self)) {
        self.delimited::<1>(field, write);
    }

    /// A message that most often takes from 128 bytes to 16 KiB.
    #[inline]
    pub(super) fn long_message(&mut self, field: u32, write: impl FnOnce(&mut Self)) {
        self.delimited::<2>(field, write);
    }

    /// What comes before a message of this length.
    #[inline]
    pub(super) fn begin(&mut self, field: u32, length: usize) {
        self.key(field, WireType::Delimited);
        self.raw_varint(length as u64);
    }

    /// A message whose length most often takes `ROOM` bytes: it is known when the message is written,
    /// and where it takes more or fewer the message is moved.
    #[inline]
    fn delimited<const ROOM: usize>(&mut self, field: u32, write: impl FnOnce(&mut Self)) {
        self.key(field, WireType::Delimited);
        let start = self.0.len();
        self.0.extend_from_slice(&[0; ROOM]);
        write(self);
        let body = start + ROOM;
        let (length, size) = varint((self.0.len() - body) as u64);
        if size == ROOM {
            self.0[start..body].copy_from_slice(&length[..ROOM]);
        } else {
            self.0.splice(start..body, length[..size].iter().copied());
        }
    }

    #[inline]
    fn key(&mut self, field: u32, wire_type: WireType) {
        self.raw_varint(u64::from(field << 3 | wire_type as u32));
    }

    #[inline]
    fn raw_varint(&mut self, value: u64) {
        match u8::try_from(value) {
            Ok(byte) if byte < 0x80 => self.0.push(byte),
            _ => {
                let (bytes, size) = varint(value);
                self.0.extend_from_slice(&bytes[..size]);
            }
        }
    }
}

/// Text of a field that is under way.
impl fmt::Write for Fields {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Seven bits a byte, the lowest first; all bytes but the last have the highest bit set.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
fn varint(mut value: u64) -> ([u8; MAX_VARINT], usize) {
    let mut bytes = [0; MAX_VARINT];
    let mut size = 0;
    while value >= 0x80 {
        bytes[size] = value as u8 | 0x80;
        value >>= 7;
        size += 1;
    }
    bytes[size] = value as u8;
    (bytes, size + 1)
}
