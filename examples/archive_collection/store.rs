//! Where objects go: a folder, or a bucket. A put replaces an object whole or not at all.

use crate::error::Error;
use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path};
use std::{fs, sync::Arc};

#[derive(Debug)]
pub(crate) struct Store {
    objects: Arc<dyn ObjectStore>,
    location: String,
}

impl Store {
    /// Opens `s3://bucket/prefix`, or a folder, which is created.
    pub(crate) fn open(location: &str) -> Result<Self, String> {
        let objects: Arc<dyn ObjectStore> = match location.split_once("://") {
            None => {
                Arc::new(folder(location).map_err(|error| format!("--store {location}: {error}"))?)
            }
            Some(("s3", bucket)) => {
                s3(bucket).map_err(|error| format!("--store {location}: {error}"))?
            }
            Some((scheme, _)) => {
                return Err(format!(
                    "--store {location}: scheme `{scheme}`; allowed: a folder, or s3://bucket/prefix"
                ));
            }
        };
        Ok(Self {
            objects,
            location: location.trim_end_matches('/').to_owned(),
        })
    }

    /// The store as the user named it.
    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    /// Writes an object and returns its size.
    pub(crate) async fn put(&self, key: &str, data: Vec<u8>) -> Result<u64, Error> {
        let size = data.len() as u64;
        self.objects
            .put(&Path::from(key), data.into())
            .await
            .map_err(|source| failed("write", key, source))?;
        Ok(size)
    }

    /// Reads an object; `None` where there is none.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Bytes>, Error> {
        match self.objects.get(&Path::from(key)).await {
            Ok(found) => Ok(Some(
                found
                    .bytes()
                    .await
                    .map_err(|source| failed("read", key, source))?,
            )),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed("read", key, source)),
        }
    }

    /// The keys of all objects below a folder, in order.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let objects = self.objects.list(Some(&Path::from(folder)));
        let mut keys: Vec<String> = objects
            .map_ok(|object| object.location.to_string())
            .try_collect()
            .await
            .map_err(|source| failed("list", folder, source))?;
        keys.sort_unstable();
        Ok(keys)
    }

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

fn folder(path: &str) -> Result<LocalFileSystem, String> {
    fs::create_dir_all(path).map_err(|error| error.to_string())?;
    let files = LocalFileSystem::new_with_prefix(path).map_err(|error| error.to_string())?;
    // A manifest must never be on disk before what it vouches for.
    Ok(files.with_fsync(true))
}

#[cfg(feature = "s3")]
fn s3(bucket: &str) -> Result<Arc<dyn ObjectStore>, String> {
    let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
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
fn s3(_bucket: &str) -> Result<Arc<dyn ObjectStore>, String> {
    Err("built without S3; build with `--features s3`, or name a folder".to_owned())
}
