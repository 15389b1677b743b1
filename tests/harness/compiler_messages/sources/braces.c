#error {{0}} {1} } [x](y)
