"""The parts of build_models.py and measure_models.py: replaying, quantizing and pruning networks.

Nothing here is installed with the mirror, and nothing in the mirror may import it.
"""
