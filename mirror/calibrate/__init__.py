"""The wiring of `calibrate`: how the camera hangs and where its lens is, from somebody who stands there."""
