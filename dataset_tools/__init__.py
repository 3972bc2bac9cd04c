"""From artists' files to pairs one can trust: sources, checks, splits, augmentation."""
