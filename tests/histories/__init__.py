"""Generated histories: what people do one after another, beside a reference in plain Python."""
