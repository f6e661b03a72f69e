"""Room: custom Keras layers. One file per thing."""
