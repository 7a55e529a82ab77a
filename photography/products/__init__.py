"""The products, one module each: `<slug>` with underscores, with a constant `PRODUCT`."""
