"""Renders scripted squats with exact truth: test subjects whose every joint is known.

It needs the `synth` extra (moderngl, pillow, scipy), EGL and, for H.264, ffmpeg. It knows nothing of the
product it is used to judge, so that it can contradict it.

Frame of reference everywhere: metres, origin on the floor at the mark, x toward the image's right (the
person's left when facing the camera), y up, z toward the camera.
"""
