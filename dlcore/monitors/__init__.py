"""Room: what is watched inside a net while it trains. One file per thing."""
