"""A legs-first student: heels and toe tips from MoveNet's own features or from a close look at each foot.

Bodies, stills, features, training, export and measuring, one file each; README.md says in which order.
"""
