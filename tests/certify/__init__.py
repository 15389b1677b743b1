"""The certificate against flakes: many grades under full load, and no verdict differs."""
