"""The screen: draws Feedback and the mirrored picture. Decides nothing."""
