"""Line art from renders: pictures, models, numbers. Knows nothing of pipelines or services."""

__version__ = "0.1.0"
