"""The pose room: from a Frame to the keypoints of the one person on the mark. Knows nothing of knees."""
