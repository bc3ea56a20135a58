//! gRPC messages that are encoded already.

use std::marker::PhantomData;

use bytes::{BufMut as _, Bytes};
use prost::Message;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Sends bytes as they are, and decodes the answers.
#[derive(Debug)]
pub(super) struct EncodedCodec<T>(PhantomData<T>);

/// Sends bytes as they are.
#[derive(Debug)]
pub(super) struct AsTheyAre;

/// Decodes answers.
#[derive(Debug)]
pub(super) struct Answers<T>(PhantomData<T>);

impl<T> EncodedCodec<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Message + Default + 'static> Codec for EncodedCodec<T> {
    type Encode = Bytes;
    type Decode = T;
    type Encoder = AsTheyAre;
    type Decoder = Answers<T>;

    fn encoder(&mut self) -> Self::Encoder {
        AsTheyAre
    }

    fn decoder(&mut self) -> Self::Decoder {
        Answers(PhantomData)
    }
}

impl Encoder for AsTheyAre {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.reserve(message.len());
        to.put(message);
        Ok(())
    }
}

impl<T: Message + Default> Decoder for Answers<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        let answer = T::decode(from).map_err(|error| Status::internal(error.to_string()))?;
        Ok(Some(answer))
    }
}
