"""The losses: logits and line art in, one scalar out, a mean so that size and batch do not matter."""

from lineart.losses.joint import JointSettings, TauSettings, joint_loss, tau_at

__all__ = ["JointSettings", "TauSettings", "joint_loss", "tau_at"]
