impl Client {
    #[track_api_request(exchange = self.exchange, endpoint = "/time", symbol = self.symbol)]
    pub async fn time(&self) -> Result<u64, ApiError> {
        self.get().await
    }

    #[track_processing(operation = "close")]
    async fn close(mut self) -> Summary {
        self.finish().await
    }

    #[track_processing(operation = "close", crate = ::telemetry)]
    fn drain(&mut self) -> &mut Summary {
        &mut self.summary
    }
}

trait Store {
    #[track_storage(operation = Get, system = system)]
    async fn get(&self, key: &str, system: StorageSystem) -> Option<Bytes> {
        None
    }
}
