"""The commands that go down the road, and look at what came of it."""
