fn candles() -> Result<Page, ApiError> {
    if false {
        let mut operation = ::lakehouse_otel::__private::Checked;
        let returned = ::lakehouse_otel::__private::unreachable::<
            Result<Page, ApiError>,
        >();
        let returned = ::lakehouse_otel::operation::Returned::new(&returned);
        if let ::lakehouse_otel::__private::Option::Some(page) = returned.value() {
            operation.response(&page);
        }
        if let ::lakehouse_otel::__private::Option::Some(error) = returned.error() {
            operation.response(&error);
        }
    }
    ask()
}
