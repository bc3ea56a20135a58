impl Client {
    pub async fn time(&self) -> Result<u64, ApiError> {
        if false {
            let mut operation = ::lakehouse_otel::__private::Checked;
            operation
                .label(
                    ::lakehouse_otel::__private::schema::crypto::EXCHANGE,
                    &self.exchange,
                );
            operation
                .attribute(
                    ::lakehouse_otel::__private::schema::crypto::SYMBOL,
                    &self.symbol,
                );
        }
        self.get().await
    }
    async fn close(mut self) -> Summary {
        self.finish().await
    }
    fn drain(&mut self) -> &mut Summary {
        &mut self.summary
    }
}
trait Store {
    async fn get(&self, key: &str, system: StorageSystem) -> Option<Bytes> {
        if false {
            let mut operation = ::lakehouse_otel::__private::Checked;
            operation
                .label(
                    ::lakehouse_otel::__private::schema::crypto::STORAGE_SYSTEM,
                    &system,
                );
        }
        None
    }
}
