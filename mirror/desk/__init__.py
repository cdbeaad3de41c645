"""The wiring of `analyze`: no clocks, no threads to meet."""
