"""From a trained model to line art.

:mod:`lineart.inference.extractor` is for those who have pictures, :mod:`lineart.inference.network` for those
who have a network; only the latter needs torch.
"""
