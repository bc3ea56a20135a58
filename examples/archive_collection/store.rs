//! Where objects go: a folder, or a bucket. A put replaces an object whole or not at all.

use crate::{error::Error, layout::Object};
use bytes::Bytes;
use futures_util::TryStreamExt;
use lakehouse_otel::{schema::StorageSystem, track_storage};
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path};
use std::{fs, sync::Arc};

#[derive(Debug)]
pub(crate) struct Store {
    objects: Arc<dyn ObjectStore>,
    system: StorageSystem,
    location: String,
    bucket: Option<String>,
    /// What stands before a key in the bucket.
    prefix: String,
}

impl Store {
    /// Opens `s3://bucket/prefix`, or a folder, which is created.
    pub(crate) fn open(location: &str) -> Result<Self, String> {
        let named = |error: String| format!("--store {location}: {error}");
        let location = location.trim_end_matches('/');
        let (objects, system, bucket, prefix) = match location.split_once("://") {
            None => (
                folder(location).map_err(named)?,
                StorageSystem::Local,
                None,
                String::new(),
            ),
            Some(("s3", path)) => {
                let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
                let objects = s3(bucket, prefix).map_err(named)?;
                let prefix = if prefix.is_empty() {
                    String::new()
                } else {
                    format!("{prefix}/")
                };
                (objects, StorageSystem::S3, Some(bucket.to_owned()), prefix)
            }
            Some((scheme, _)) => {
                return Err(named(format!(
                    "scheme `{scheme}`; allowed: a folder, or s3://bucket/prefix"
                )));
            }
        };
        Ok(Self {
            objects,
            system,
            location: location.to_owned(),
            bucket,
            prefix,
        })
    }

    /// An object's whole key.
    fn whole(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// The store as the user named it.
    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    /// Writes an object and returns its size.
    #[track_storage(
        operation = Put, system = self.system, bucket = self.bucket, key = self.whole(&object.key),
        layer = object.layer, format = object.format, compression = object.compression,
        size_bytes = data.len(),
    )]
    pub(crate) async fn put(&self, object: &Object, data: Vec<u8>) -> Result<u64, Error> {
        let (path, size) = (Path::from(object.key.as_str()), data.len() as u64);
        self.objects
            .put(&path, data.into())
            .await
            .map_err(|source| failed("write", &object.key, source))?;
        Ok(size)
    }

    /// Reads an object; `None` where there is none.
    #[track_storage(
        operation = Get, system = self.system, bucket = self.bucket, key = self.whole(&object.key),
        layer = object.layer, format = object.format, compression = object.compression,
        ok(|found| size_bytes = found.as_ref().map(Bytes::len)),
    )]
    pub(crate) async fn get(&self, object: &Object) -> Result<Option<Bytes>, Error> {
        let cannot = |source| failed("read", &object.key, source);
        match self.objects.get(&Path::from(object.key.as_str())).await {
            Ok(found) => found.bytes().await.map(Some).map_err(cannot),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(cannot(source)),
        }
    }

    /// The keys of all objects below a folder, in order.
    #[track_storage(
        operation = List, system = self.system, bucket = self.bucket, key = self.whole(folder),
        ok(|keys| file_count = keys.len()),
    )]
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let objects = self.objects.list(Some(&Path::from(folder)));
        let keys = objects
            .map_ok(|object| object.location.to_string())
            .try_collect()
            .await;
        let mut keys: Vec<String> = keys.map_err(|source| failed("list", folder, source))?;
        keys.sort_unstable();
        Ok(keys)
    }

    #[track_storage(
        operation = Delete, system = self.system, bucket = self.bucket, key = self.whole(key),
    )]
    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.objects.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(failed("delete", key, source)),
        }
    }
}

fn failed(action: &'static str, key: &str, source: object_store::Error) -> Error {
    Error::Store {
        action,
        key: key.to_owned(),
        source,
    }
}

fn folder(path: &str) -> Result<Arc<dyn ObjectStore>, String> {
    fs::create_dir_all(path).map_err(|error| error.to_string())?;
    let files = LocalFileSystem::new_with_prefix(path).map_err(|error| error.to_string())?;
    // A manifest must never be on disk before what it vouches for.
    Ok(Arc::new(files.with_fsync(true)))
}

#[cfg(feature = "s3")]
fn s3(bucket: &str, prefix: &str) -> Result<Arc<dyn ObjectStore>, String> {
    if bucket.is_empty() {
        return Err("no bucket; expected s3://bucket/prefix".to_owned());
    }
    // Credentials, region and endpoint come from the AWS_* variables.
    let builder = object_store::aws::AmazonS3Builder::from_env().with_bucket_name(bucket);
    let objects = builder.build().map_err(|error| error.to_string())?;
    Ok(Arc::new(object_store::prefix::PrefixStore::new(
        objects, prefix,
    )))
}

#[cfg(not(feature = "s3"))]
fn s3(_bucket: &str, _prefix: &str) -> Result<Arc<dyn ObjectStore>, String> {
    Err("built without S3; build with `--features s3`, or name a folder".to_owned())
}
