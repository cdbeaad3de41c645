"""The knees room: from keypoints over time to deviations, depth and repetitions. Imports numpy only."""
